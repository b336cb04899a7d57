import type * as commander from 'commander';
import { requirePackage } from '../base/require-package.ts';

export const { Command, CommanderError, Option } = requirePackage('commander') as typeof commander;

export type { Command as CommandType, Help } from 'commander';
