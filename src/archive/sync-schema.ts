interface TableForm {
  /** Columns with what is declared of each. */
  readonly columns: readonly string[];
  readonly rules?: readonly string[];
  readonly ending?: string;
}

const ID = 'id INTEGER PRIMARY KEY AUTOINCREMENT';
const COUNTS = ['total_files INTEGER DEFAULT 0', 'processed_files INTEGER DEFAULT 0'];
const OF_IMAGE = 'FOREIGN KEY (image_id) REFERENCES images (id)';

const texts = (...names: string[]) => names.map((name) => `"${name}" TEXT`);

const FORMS: { readonly [table: string]: TableForm } = {
  sync_operations: {
    columns: [
      ID,
      'operation_id TEXT UNIQUE',
      ...texts('start_time', 'end_time', 'status', 'source_db_path'),
      ...COUNTS,
      'error_count INTEGER DEFAULT 0',
    ],
  },
  sync_files: {
    columns: [
      ID,
      'operation_id TEXT',
      'image_id INTEGER',
      ...texts('file_path', 'file_hash', 'status', 'error_message'),
    ],
    rules: ['FOREIGN KEY (operation_id) REFERENCES sync_operations (operation_id)', OF_IMAGE],
  },
  sync_export_lists: {
    columns: [ID, 'operation_id TEXT', 'list_id TEXT UNIQUE', 'created_time TEXT', ...COUNTS, 'status TEXT'],
  },
  sync_export_files: {
    columns: [ID, 'list_id TEXT', 'image_id INTEGER', ...texts('export_path', 'status')],
    rules: ['FOREIGN KEY (list_id) REFERENCES sync_export_lists (list_id)', OF_IMAGE],
  },
  indabundle_journal: {
    columns: [
      'operation TEXT NOT NULL',
      'sequence INTEGER NOT NULL',
      'record INTEGER',
      ...texts('outcome', 'table', 'key', 'column', 'old', 'new'),
    ],
    rules: ['PRIMARY KEY (operation, sequence)'],
    ending: ' WITHOUT ROWID',
  },
};

const nameOf = (column: string) => column.split(' ')[0]!.replaceAll('"', '');

/** The tables of the books: what each has when it is made, and must have where it is there already. */
export const SYNC_COLUMNS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(FORMS).map(([table, { columns }]) => [table, columns.map(nameOf)]),
);

/** Makes those that are missing. */
export const CREATE_SYNC_TABLES = Object.entries(FORMS)
  .map(
    ([table, { columns, rules = [], ending = '' }]) =>
      `CREATE TABLE IF NOT EXISTS ${table} (${[...columns, ...rules].join(', ')})${ending};`,
  )
  .join('\n');
