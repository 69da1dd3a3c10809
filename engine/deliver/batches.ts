/** How many changes travel in one stride: bounds memory, and the journal's transactions. */
export const strideCountMax = 1000;
