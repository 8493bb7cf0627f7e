/** Begins to follow what is chosen and shown of samples, once. */

import { followFirst } from "./data/firstPictures.ts";
import { followSamples } from "./data/loadSamples.ts";
import { followPictures } from "./data/pictureCache.ts";
import { followHistory, followPin } from "./detail/detailedSample.ts";
import { followAnswers } from "./selection/answersByClass.ts";
import { followLink } from "./selection/choices.ts";
import { followRecount } from "./selection/recountMatrix.ts";

followLink();
followSamples();
followPictures();
followFirst();
followRecount();
followAnswers();
followHistory();
followPin();

export { loadSamplesFor } from "./data/loadSamples.ts";
