/** Tells when TensorBoard has reloaded its data. */

interface Message {
  type: string;
  id: number;
  isReply?: boolean;
}

const VERSION = "experimental";

/**
 * Opens the message port that TensorBoard offers to the page of a plugin.
 *
 * There is no library for it; each message that is no reply wants an answer.
 */
export function onReload(reload: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }: MessageEvent<string>) => {
    const message = JSON.parse(data) as Message;
    if (message.isReply) return;
    if (message.type === `${VERSION}.DataReloaded`) reload();
    const { type, id } = message;
    const payload = null;
    port1.postMessage(
      JSON.stringify({ type, id, payload, error: null, isReply: true }),
    );
  };
  window.parent.postMessage(`${VERSION}.bootstrap`, "*", [port2]);
}
