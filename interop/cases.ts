// Every case of the suite, theme by theme.
import type { Case } from './case.ts';
import { outcomeCases } from './themes/outcomes.ts';

export const cases: readonly Case[] = [...outcomeCases];
