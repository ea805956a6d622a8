import { describe, expect, test } from 'vitest'
import { readEmailCell } from '../../src/intake/email-cell.ts'

describe('a cell that says there is no address is none', () => {
  test.each([
    null,
    undefined,
    '',
    '   ',
    'ei ole',
    'Ei ole',
    '-',
    'puuttuu',
    'NONE',
    'ei sähköpostia',
    'ei sa\u0308hko\u0308postia',
  ])('%j', (cell) => {
    expect(readEmailCell(cell)).toEqual({ kind: 'none' })
  })
})

describe('a cell that holds one address is that address, whatever is written around it', () => {
  test.each([
    ['matti@firma.example', 'matti@firma.example'],
    ['  matti@firma.example ', 'matti@firma.example'],
    ['matti@firma.example;', 'matti@firma.example'],
    ['mailto:matti@firma.example', 'matti@firma.example'],
    ['MAILTO:matti@firma.example?subject=Hei', 'matti@firma.example'],
    ['mailto:matti@firma.example#', 'matti@firma.example'],
    ['#mailto:matti@firma.example#', 'matti@firma.example'],
    ['Matti Virtanen#mailto:matti@firma.example#', 'matti@firma.example'],
    ['matti@firma.example#mailto:matti@firma.example#', 'matti@firma.example'],
    ['matti@firma.example#http://Matti@firma.example#', 'Matti@firma.example'],
    ['matti#1@firma.example', 'matti#1@firma.example'],
    ['ETU.SUKU@FIRMA.EXAMPLE', 'ETU.SUKU@firma.example'],
    ["o'brien@firma.example", "o'brien@firma.example"],
    ['liisa+uutiset@firma.example', 'liisa+uutiset@firma.example'],
    ['matti@örkki.example', 'matti@xn--rkki-4qa.example'],
  ])('%s', (cell, address) => {
    const domain = address.slice(address.indexOf('@') + 1)
    expect(readEmailCell(cell)).toEqual({
      kind: 'address',
      address,
      matching: address.toLowerCase(),
      domain,
      nature: 'work',
    })
  })
})

describe('a cell that is not clearly one address is doubtful, keeps its text, and nothing is picked from it', () => {
  test.each([
    ['a@firma.example; b@firma.example', 'TWO_ADDRESSES'],
    ['a@firma.example, b@firma.example', 'TWO_ADDRESSES'],
    ['a@firma.example b@firma.example', 'TWO_ADDRESSES'],
    ['a@firma.example/b@firma.example', 'TWO_ADDRESSES'],
    ['a@firma.example\nb@firma.example', 'TWO_ADDRESSES'],
    ['a@firma.example#mailto:b@firma.example#', 'TWO_ADDRESSES'],
    ['Matti <matti@firma.example>', 'MORE_THAN_AN_ADDRESS'],
    ['matti@firma.example (työ)', 'MORE_THAN_AN_ADDRESS'],
    ['zw\u200b@firma.example', 'FORBIDDEN_CHARACTER'],
    ['mat ti@firma.example', 'FORBIDDEN_CHARACTER'],
    ['kysy Liisalta', 'NOT_AN_ADDRESS'],
    ['matti(at)firma.example', 'NOT_AN_ADDRESS'],
    ['matti..v@firma.example', 'NOT_AN_ADDRESS'],
    ['"matti"@firma.example', 'NOT_AN_ADDRESS'],
    ['mätti@firma.example', 'NON_ASCII_LOCAL_PART'],
    ['matti@firma', 'BAD_DOMAIN'],
    [`${'a'.repeat(65)}@firma.example`, 'TOO_LONG'],
  ])('%j: %s', (cell, because) => {
    expect(readEmailCell(cell)).toEqual({ kind: 'doubtful', because, cell })
  })

  test('of a very long cell the reviewer sees the beginning, and the database no NUL', () => {
    const read = readEmailCell(`kysy\0${'x'.repeat(2000)}`)

    expect(read).toEqual({ kind: 'doubtful', because: 'NOT_AN_ADDRESS', cell: `kysy ${'x'.repeat(495)}` })
  })
})

describe('an address knows whose mailbox it is', () => {
  test.each([
    ['matti.virtanen@firma.example', 'work'],
    ['liisa.posti@firma.example', 'work'],
    ['alexa@firma.example', 'work'],
    ['matti@elisa.fi', 'work'],
    ['info@firma.example', 'role'],
    ['INFO@firma.example', 'role'],
    ['info+kirje@firma.example', 'role'],
    ['info2@firma.example', 'role'],
    ['myynti@firma.example', 'role'],
    ['myynti.turku@firma.example', 'role'],
    ['toimisto@firma.example', 'role'],
    ['no-reply@firma.example', 'role'],
    ['webmaster@firma.example', 'role'],
    ['info@gmail.com', 'role'],
    ['matti@gmail.com', 'private'],
    ['matti@GMAIL.COM', 'private'],
    ['matti@hotmail.fi', 'private'],
    ['matti@kolumbus.fi', 'private'],
    ['matti@pp.inet.fi', 'private'],
    ['matti@luukku.com', 'private'],
    ['matti@iki.fi', 'private'],
  ])('%s: %s', (cell, nature) => {
    expect(readEmailCell(cell)).toMatchObject({ kind: 'address', nature })
  })
})
