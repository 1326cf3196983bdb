/** What is known of a zone's carbon intensity at one moment. */
export type CarbonReading =
  /** Grams of CO2 a kilowatt-hour. */
  | {
      readonly type: 'known';
      readonly zone: string;
      readonly intensity: number;
      /** Absent where it does not change, or is being asked for. */
      readonly askAgainAt?: Date | undefined;
    }
  /** The first answer is under way. */
  | { readonly type: 'asking'; readonly zone: string }
  | {
      readonly type: 'failing';
      readonly zone: string;
      readonly reason: string;
      readonly askAgainAt?: Date | undefined;
    }
  /** There is nobody to ask. */
  | { readonly type: 'unknowable'; readonly reason: string };
