// What `weft mesh init` writes: two clouds, two teams, with the reasons as comments. It checks without a warning.
import * as z from 'zod';
import { meshFileSchema, teamFileSchema } from './model/mesh-schema.ts';

const platform = `# yaml-language-server: $schema=.weft/mesh.schema.json
#
# The whole mesh. This file is the platform's; each team has its own in teams/.
#
#   weft mesh check                          tells all that is wrong, at once
#   weft explain shop.orders --mesh .        who receives what, over which way, by which grant
#   weft mesh what-if --lose aws-1           what changes when it is lost
#   weft up . --traffic                      runs it on this machine, with sample applications
#   weft mesh render -t systemd -o rendered  what each router needs
mesh: two-clouds

include: teams/*.yaml

# Places with routers. Applications and teams name them, and need not know more about them.
environments:
  aws:
    description: The public cloud of the shop
    routers: 2 # interior routers: aws-1 and aws-2, linked with each other
    domain: aws.example.com # others reach them at aws-1.aws.example.com, …
    placement:
      zones: [eu-central-1a, eu-central-1b] # one router each
  azure:
    description: The cloud of the warehouses
    routers: 2
    domain: azure.example.com
    acceptsInbound: false # nobody dials in: it only dials out
    placement:
      zones: ["1", "2"]

# Who dials whom. Traffic flows both ways. azure-1 dials aws-1, azure-2 dials aws-2: any one of them may be lost.
links:
  - from: azure
    to: aws
    cost: 10 # links within an environment cost 1; messages take the cheapest way

# Nothing here: the channels, applications and grants of this mesh are in the files of its teams.
`;

const shop = `# yaml-language-server: $schema=../.weft/team.schema.json
#
# All that is team shop's. Its channels begin with \`shop.\`, its edge routers with \`shop-\`; other names it cannot touch.
team: shop
description: Sells
contact: shop@example.com # whom to ask for a grant

# The team's own door to the mesh: its applications connect here first, and go on to aws-1 and aws-2 when it is lost.
edges:
  shop-aws:
    environment: aws

channels:
  shop.orders:
    description: An order of a customer
    distribution: balanced # each order goes to one of the consumers, by their load
  shop.prices:
    description: What something costs; ask, and the answer comes to your reply address
    distribution: closest # the nearest consumer
    replies: true

applications:
  web:
    environment: aws
    publishes: [shop.orders]
    subscribes: [warehouse.shipped]
  pricing:
    environment: aws
    subscribes: [shop.prices]

# The team's own applications may use its channels; all others only what is granted here.
grants:
  - channel: shop.orders
    to: warehouse # the whole team
    may: subscribe
  - channel: shop.prices
    to: warehouse/packing # one application
    may: publish
`;

const warehouse = `# yaml-language-server: $schema=../.weft/team.schema.json
team: warehouse
description: Packs and ships
contact: warehouse@example.com

edges:
  warehouse-azure:
    environment: azure

channels:
  warehouse.shipped:
    description: An order has left the house
  warehouse.telemetry:
    description: Figures of the machines, one address a machine
    match: prefix # warehouse.telemetry.scanner-1, warehouse.telemetry.belt.7, …
    distribution: multicast # to each consumer

applications:
  packing:
    environment: azure
    publishes: [warehouse.shipped, shop.prices]
    subscribes: [shop.orders]
  scanner:
    environment: azure
    publishes: [warehouse.telemetry.scanner-1]
  dashboard:
    environment: azure
    subscribes: [warehouse.telemetry] # everything below it

grants:
  - channel: warehouse.shipped
    to: shop/web
    may: subscribe
`;

/** JSON Schema (2020-12) of the platform's file. */
export function meshJsonSchema(): object {
  return jsonSchemaOf(meshFileSchema, 'mesh.yaml of Weft');
}

/** JSON Schema (2020-12) of a team's file. */
export function teamJsonSchema(): object {
  return jsonSchemaOf(teamFileSchema, 'A file of a team in a mesh of Weft');
}

/** The files of a new mesh by their names, relative to its folder. */
export function starterFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['mesh.yaml', platform],
    ['teams/shop.yaml', shop],
    ['teams/warehouse.yaml', warehouse],
    ['.weft/mesh.schema.json', `${JSON.stringify(meshJsonSchema(), null, 2)}\n`],
    ['.weft/team.schema.json', `${JSON.stringify(teamJsonSchema(), null, 2)}\n`],
  ]);
}

function jsonSchemaOf(schema: z.ZodObject, title: string): object {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });
  return { $schema, title, ...rest };
}
