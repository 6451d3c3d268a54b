// `weft mesh …`: the whole mesh as files.
import { Command } from 'commander';
import { meshBundleCommand } from './mesh-bundle.ts';
import { meshCheckCommand } from './mesh-check.ts';
import { meshInitCommand } from './mesh-init.ts';
import { meshPlanCommand } from './mesh-plan.ts';
import { meshRenderCommand } from './mesh-render.ts';
import { meshWhatIfCommand } from './mesh-what-if.ts';

export function meshCommand(): Command {
  return new Command('mesh')
    .description('The whole mesh as files: begin, check, look ahead, render, hand out.')
    .addCommand(meshInitCommand())
    .addCommand(meshCheckCommand())
    .addCommand(meshWhatIfCommand())
    .addCommand(meshPlanCommand())
    .addCommand(meshRenderCommand())
    .addCommand(meshBundleCommand());
}
