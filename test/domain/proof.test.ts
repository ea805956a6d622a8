// Every ground and source asks for its proof (R-33 … R-46).
import { expect, test } from 'vitest'
import { groundCodes, missingProof, proofFields, proofOfGround } from '../../src/domain/collection.ts'

test('every ground asks for proof, and nothing less than all of it is enough', () => {
  for (const ground of groundCodes) {
    const whole = Object.fromEntries(proofFields.map((field) => [field, 'jotakin']))
    expect(missingProof({ source: 'OTHER', ground }, whole), ground).toEqual([])
    expect(proofOfGround[ground].length, ground).toBeGreaterThan(0)
    for (const field of proofOfGround[ground]) {
      expect(missingProof({ source: 'OTHER', ground }, { ...whole, [field]: ' ' }), ground).toEqual([field])
    }
  }
})

test('what was picked from the media needs the publication and the day, whatever the ground', () => {
  expect(missingProof({ source: 'MEDIA', ground: 'GAVE_CONTACT' }, { occasion: 'messut' })).toEqual([
    'date',
    'publication',
  ])
})
