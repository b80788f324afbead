"""Prisma schemas that use what the schema language has, for the tests that read them by different means."""

# ruff: noqa: E501 -- fixtures are other people's files

from __future__ import annotations

POSTGRES = {
    "prisma/base.prisma": """// nothing but settings
datasource db {
  provider = "postgres"
  url      = env("DATABASE_URL") // "not /// doc"
  directUrl = env("DIRECT_URL")
  schemas = ["base", "shop"]
}
generator client {
  provider        = "prisma-client"
  output          = "../src/generated"
  previewFeatures = ["views", "postgresqlExtensions"]
}
generator zod {
  provider = "zod-prisma-types"
}
""",
    "prisma/models/people.prisma": """/// First line
/// second line
model Person {
  /// above
  id    BigInt @id @default(autoincrement()) /// beside
  // plain comment
  name  String? @default("a \\"b\\", (c)") @db.Text
  when  DateTime @default(dbgenerated("now() + interval '1 day'")) @db.Timestamptz(3)
  cents Decimal @default(1.50) @db.Decimal(10, 2)
  ok    Boolean @default(true)
  raw   Bytes?
  json  Json    @default("[{\\"a\\": 1}]")
  big   BigInt  @default(9007199254740993)
  f     Float   @default(0.5)
  neg   Int @default(-1)
  words String[] @default(["a", "b"])
  roles Role[] @default([USER])
  role  Role @default(ADMIN)
  cu    String @default(cuid())
  cu2   String @default(cuid(2))
  uu    String @default(uuid(7))
  nano  String @default(nanoid(12))
  ul    String @default(ulid())
  vec   Unsupported("vector(3)")?
  hid   String? @ignore
  followers Person[] @relation("follow")
  following Person[] @relation("follow")
  next  Person? @relation("chain", fields: [nextId], references: [id], onUpdate: NoAction, onDelete: SetNull, map: "chain_fk")
  nextId BigInt? @unique(map: "next_u")
  prev  Person? @relation("chain")
  orders Order[]
  groups Group[] @relation(name: "members")

  @@unique([name, when], name: "byName", map: "person_name_when")
  @@unique(fields: [cents, ok(sort: Desc)])
  @@index([json(ops: JsonbPathOps)], type: Gin, map: "json_gin")
  @@index([words], type: Gin)
  @@index(fields: [name(sort: Desc), when], name: "old_name")
  @@index([when(ops: raw("timestamptz_minmax_ops"))], type: Brin)
  @@map("people")
  @@schema("base")
}
""",
    "prisma/models/orders.prisma": """model Order {
  no     Int
  year   Int
  person Person @relation(fields: [personId], references: [id])
  personId BigInt
  lines  Line[]
  @@id([no, year])
  @@schema("shop")
}
model Line {
  id String @id @default(uuid()) @db.Uuid
  order Order @relation(fields: [orderNo, orderYear], references: [no, year], onDelete: Cascade)
  orderNo Int
  orderYear Int
  @@index([orderNo, orderYear(sort: Desc)])
  @@schema("shop")
}
model Group {
  id Int @id(map: "group_pk")
  members Person[] @relation("members")
  @@schema("shop")
}
model Old {
  id Int @id
  x String
  @@ignore
  @@schema("shop")
}
view Totals {
  person BigInt @unique
  sum    Decimal
  @@map("v_totals")
  @@schema("shop")
}
enum Role {
  USER  @map("user") /// a user
  /// all of it
  ADMIN
  @@map("roles")
  @@schema("base")
}
""",
}
MONGO = """datasource db {
  provider = "mongodb"
  url = env("DATABASE_URL")
}
generator client {
  provider = "prisma-client-js"
  previewFeatures = ["fullTextIndex"]
}
model Shop {
  id String @id @default(auto()) @map("_id") @db.ObjectId
  name String
  address Address
  photos Photo[]
  old Photo?
  itemIds String[] @db.ObjectId
  items Item[] @relation(fields: [itemIds], references: [id])
  @@unique([name, address.city])
  @@index([address.street.no(sort: Desc)])
  @@fulltext([name])
}
model Item {
  id String @id @default(auto()) @map("_id") @db.ObjectId
  shopIds String[] @db.ObjectId
  shops Shop[] @relation(fields: [shopIds], references: [id])
}
/// Where it is.
type Address {
  street Street
  city String @map("town")
  zip String? @default("0")
}
type Street { 
  name String
  no Int @default(1)
}
type Photo {
  w Int
  h Int
}
"""
SQLSERVER = """datasource db {
  provider = "sqlserver"
  url = env("DATABASE_URL")
}
model A {
  id Int @id(clustered: false, map: "pk_a") @default(1, map: "df_a")
  b String @unique(clustered: true) @db.NVarChar(100)
  c DateTime @default(value: now(), map: "df_c")
  @@index([b, c(sort: Desc)], clustered: false)
}
"""
MYSQL = """datasource db {
  provider = "mysql"
  url = env("DATABASE_URL")
  relationMode = "prisma"
}
generator client {
  provider = "prisma-client-js"
  previewFeatures = ["fullTextIndex"]
}
model Txt {
  id   Int @id @default(autoincrement()) @db.UnsignedInt
  body String @db.Text
  t String @unique(length: 50)
  @@index([body(length: 100, sort: Desc)], map: "b")
  @@fulltext([body, t], map: "ft")
}
"""
