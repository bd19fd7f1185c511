export interface Preset {
  label: string;
  active: boolean;
  set: () => void;
}

/** Ready-made choices above the fields of a range. */
export function PresetButtons({ label, presets }: { label: string; presets: readonly Preset[] }) {
  return (
    <fieldset className="dcpl-presets">
      <legend className="dcpl-hidden">{label}</legend>
      {presets.map((preset) => (
        <button
          key={preset.label}
          type="button"
          className="dcpl-preset"
          aria-pressed={preset.active}
          onClick={preset.set}
        >
          {preset.label}
        </button>
      ))}
    </fieldset>
  );
}
