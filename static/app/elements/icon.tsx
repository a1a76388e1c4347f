// One stroke on a grid of 24; an icon takes the colour and the size of the text beside it and never speaks alone.

/** `line` is drawn, `solid` is filled with `line` cut out of it, `dashes` makes the line a dashed one. */
const SHAPES = {
  aid: { line: "M9.5 3.5h5v6h6v5h-6v6h-5v-6h-6v-5h6z" },
  air: { line: "M3 9h11a2.7 2.7 0 1 0-2.6-3.5M3 13.5h15.5a2.6 2.6 0 1 1-2.5 3.4M3 18h8" },
  back: { line: "M15 4.5 7.5 12l7.5 7.5" },
  bed: { line: "M3 19V6M3 16h18v3M21 16v-2.5a3 3 0 0 0-3-3h-7V16M7 12.5v.1" },
  bell: { line: "M6 17V11a6 6 0 0 1 12 0v6l1.5 1.5h-15zM10 21.5h4" },
  bus: { line: "M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5V18H4zM4 12.5h16M8 18v2.5M16 18v2.5" },
  call: {
    line: "M6.2 3.5h3l1.6 4.6-2.2 1.7a13 13 0 0 0 5.6 5.6l1.7-2.2 4.6 1.6v3a2 2 0 0 1-2.2 2A16.6 16.6 0 0 1 4.2 5.7a2 2 0 0 1 2-2.2z",
  },
  check: { line: "M5 12.8l4.6 4.4L19 7.4" },
  clock: { line: "M12 3a9 9 0 1 0 .01 0zM12 6.8V12l3.4 2.4" },
  down: { line: "M12 4v15M6.5 13.5 12 19l5.5-5.5" },
  fine: { solid: "M12 2a10 10 0 1 0 .01 0z", line: "M7 12.4l3.4 3.3L17 8.8" },
  gear: { line: "M4 7h9M19 7h1M4 17h1M11 17h9M16 4.4a2.6 2.6 0 1 0 .01 0zM8 14.4a2.6 2.6 0 1 0 .01 0z" },
  house: { line: "M4 20.5V10l8-6.5 8 6.5v10.5zM10 20.5v-6h4v6" },
  list: { line: "M8.5 6H20M8.5 12H20M8.5 18H20M4 6h.1M4 12h.1M4 18h.1" },
  lock: { line: "M5.5 11h13v9.5h-13zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11" },
  minus: { line: "M5 12h14" },
  next: { line: "M9 4.5 16.5 12 9 19.5" },
  offline: { line: "M4.5 20v-3.5M10 20v-7M15.5 20v-6M15.5 4l5.5 5.5M21 4l-5.5 5.5" },
  online: { line: "M5 20v-3M10 20v-6M15 20v-9M20 20V6" },
  open: { line: "M12 3.2a8.8 8.8 0 1 0 .01 0z" },
  pending: { line: "M12 3.2a8.8 8.8 0 1 0 .01 0z", dashes: "3.4 3.5" },
  person: { line: "M12 3.5a4 4 0 1 0 .01 0zM4.5 20.5a7.5 7.5 0 0 1 15 0" },
  plus: { line: "M12 5v14M5 12h14" },
  repair: { line: "M14.5 6.5a4.5 4.5 0 0 0-6 6L3.5 17.5l3 3 5-5a4.5 4.5 0 0 0 6-6l-3 3-3-3z" },
  send: { line: "M12 20V4.5M5.5 11 12 4.5l6.5 6.5" },
  spray: { line: "M9 21V11l2-2V6H8V3h7v3M15 9v12H9M18.5 5h2.5M18.5 8.5 21 9.5" },
  stop: {
    solid: "M7.9 2h8.2L22 7.9v8.2L16.1 22H7.9L2 16.1V7.9z",
    line: "M8.4 8.4l7.2 7.2M15.6 8.4l-7.2 7.2",
  },
  undo: { line: "M8.5 5 4 9.5 8.5 14M4 9.5h10a6 6 0 0 1 0 12h-3" },
  up: { line: "M12 20V4.5M5.5 11 12 4.5l6.5 6.5" },
  watch: { solid: "M12 2.2 23 21.4H1z", line: "M12 9.2v5.4M12 18v.1" },
  way: { line: "M12 21.5S5 14.8 5 9.8a7 7 0 0 1 14 0c0 5-7 11.7-7 11.7zM12 7.3a2.6 2.6 0 1 0 .01 0z" },
} satisfies Record<string, { line: string; solid?: string; dashes?: string }>;

export type IconName = keyof typeof SHAPES;

export function Icon({ name }: { name: IconName }) {
  const shape: { line: string; solid?: string; dashes?: string } = SHAPES[name];
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      {shape.solid && <path class="icon-solid" d={shape.solid} />}
      <path class={shape.solid && "icon-cut"} stroke-dasharray={shape.dashes} d={shape.line} />
    </svg>
  );
}
