import { MultiSelect } from "@/components/ui/combo-filter";
import type { LevelChoice } from "@/lib/logs/filter";

const options: { value: LevelChoice; label: string }[] = [
  { value: "error", label: "Error" },
  { value: "warn", label: "Warning" },
  { value: "info", label: "Info" },
  { value: "debug", label: "Debug" },
  { value: "none", label: "No level" },
];

/** Which levels are shown, as the lines themselves say them. */
export function LogLevels({ levels, onLevelsChange }: { levels: readonly LevelChoice[]; onLevelsChange: (levels: LevelChoice[]) => void }) {
  return <MultiSelect label="Level" values={levels} onValuesChange={onLevelsChange} options={options} />;
}
