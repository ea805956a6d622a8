import { defineConfig } from 'prisma/config'

// Used for `prisma generate`, `validate` and `format` only; migrations are SQL applied by `lupa migrate`.
export default defineConfig({
  schema: './schema.prisma',
  migrations: { path: './migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://127.0.0.1:5432/lupa' },
})
