"""What single calls have to do with chance: who seeds, who draws, who divides data.

In: one resolved call. Out: an `Effect`, made by the table that knows the library: `seeders`,
`draws`, `splitters`, `estimators`, `loaders`. `names` asks them in turn.
"""
