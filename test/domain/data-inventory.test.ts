import { expect, test } from 'vitest'
import { readInventory } from '../../src/domain/data-inventory.ts'

const head = `// @category name for=TIPS,MARKETING basis=consent from=file kept=person shown=yes
// @category audit for=RIGHTS basis=legal-obligation from=register kept=ever shown=no
`

test('a column is told by its own line, by the line above it, or by its model', () => {
  const schema = `${head}
/// Whoever there is.
/// @data audit
model SomeBody {
  id     String @id @map("body_id")
  /// @data name kept=2d via=claim_batch
  first  String
  last   String? @map("last_name") /// @data name
  worker String /// @data none

  @@map("some_body")
}
`

  const { columns, problems } = readInventory(schema, ['person'])

  const name = { purposes: ['TIPS', 'MARKETING'], bases: ['consent'], from: ['file'], shown: true, category: 'name' }
  expect(problems).toEqual([])
  expect(columns).toEqual([
    {
      ...{
        table: 'some_body',
        column: 'body_id',
        category: 'audit',
        purposes: ['RIGHTS'],
        bases: ['legal-obligation'],
      },
      ...{ from: ['register'], kept: 'ever', shown: false, via: [] },
    },
    { ...name, table: 'some_body', column: 'first', kept: '2d', via: ['claim_batch'] },
    { ...name, table: 'some_body', column: 'last_name', kept: 'person', via: [] },
  ])
})

test('what a schema does not say, or says in words of its own, is a sentence with the place and the way to mend it', () => {
  const schema = `${head}// @category half for=TIPS kept=person shown=yes
model Body {
  id    String @id
  shoe  Int? /// @data shoes
  first String /// @data name kept=long for=FUN colour=red
}
`

  expect(readInventory(schema, ['person']).problems).toEqual([
    'The category half does not say basis, from: add it to its @category line.',
    'Body.id does not say which personal data it is: end its line in prisma/schema.prisma with "/// @data CATEGORY" (name, audit), or "/// @data none" when it is about nobody.',
    'Body.shoe says "shoes", which is no category: end its line in prisma/schema.prisma with "/// @data CATEGORY" (name, audit), or "/// @data none" when it is about nobody.',
    'Body.first says kept=long: write one of person, a time like 2d, or ever.',
    'Body.first says for=FUN: there is RELATIONSHIP, TIPS, MARKETING, RIGHTS.',
    'Body.first says colour=red: write for, basis, from, kept, shown or via.',
  ])
})
