/** The routes of the plugin, relative to the page's base address. */

import { fieldsOf, routesSource } from "./routesSource.ts";
import { type Query, SourceGone } from "./source.ts";

async function ask(route: string, query: Query): Promise<Response> {
  const address = `${route}?${new URLSearchParams(fieldsOf(query))}`;
  const response = await fetch(address).catch(() => {
    throw new SourceGone("TensorBoard does not answer");
  });
  if (!response.ok) {
    const body = await response.json().catch(() => ({}));
    const reason = (body as { error?: string }).error;
    throw new Error(reason ?? `${route} answered ${response.status}`);
  }
  return response;
}

export const tensorboardSource = routesSource(ask);
