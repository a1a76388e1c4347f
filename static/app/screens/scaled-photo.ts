/** A photo as it is kept: JPEG, its longest side at most 1,600 px, upright, and without what the camera wrote into it (place, time). */
export async function scaledPhoto(file: Blob): Promise<ArrayBuffer> {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, longestSide / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale))];
  canvas.getContext("2d")!.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  for (const quality of qualities) {
    const blob = await blobOf(canvas, "image/jpeg", quality);
    if (blob.size <= bytesMost) return blob.arrayBuffer();
  }
  throw new Error("A photo of this size always fits at the least quality");
}

/** What is drawn, as a picture. */
export const blobOf = (canvas: HTMLCanvasElement, type: string, quality?: number): Promise<Blob> => new Promise((resolve, reject) => {
  canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The browser makes no picture of it"))), type, quality);
});

const longestSide = 1_600;
const qualities = [0.8, 0.6, 0.3];
/** PROTOCOL §1, `blob_bytes`. */
const bytesMost = 2_097_152;
