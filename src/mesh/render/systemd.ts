// A unit for each router, and its configuration, as they lie on its machine.
import type { RenderedRouter, RenderOptions } from './rendering.ts';

export function systemdFiles(routers: readonly RenderedRouter[], options: RenderOptions): [string, string][] {
  return routers.flatMap(({ router, file, text }) => {
    const root = `${router.environment}/${router.id}`;
    return [
      [`${root}/etc/weft/${file}`, text],
      [`${root}/etc/systemd/system/weft-${router.id}.service`, unitOf(router.id, `/etc/weft/${file}`, options)],
    ];
  });
}

/** A stop drains: 5 s for deliveries (drainSeconds), so systemd waits longer. */
function unitOf(id: string, file: string, { engine }: RenderOptions): string {
  const command = engine === 'weft' ? `/usr/bin/weft router -c ${file}` : `/usr/sbin/qdrouterd -c ${file}`;
  const reload = engine === 'weft' ? ['ExecReload=/bin/kill -HUP $MAINPID'] : [];
  // A JIT compiles into memory that is written and then run.
  const memory = engine === 'weft' ? [] : ['MemoryDenyWriteExecute=yes'];
  return [
    '[Unit]',
    `Description=Weft router ${id}`,
    'After=network-online.target',
    'Wants=network-online.target',
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    `ExecStart=${command}`,
    ...reload,
    'Restart=always',
    'RestartSec=1',
    'TimeoutStopSec=30',
    'KillMode=mixed',
    'User=weft',
    'Group=weft',
    'LimitNOFILE=65536',
    'UMask=0077',
    'NoNewPrivileges=yes',
    'CapabilityBoundingSet=',
    'PrivateTmp=yes',
    'PrivateDevices=yes',
    'ProtectSystem=strict',
    'ProtectHome=yes',
    'ProtectKernelTunables=yes',
    'ProtectKernelModules=yes',
    'ProtectControlGroups=yes',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX',
    'RestrictNamespaces=yes',
    'LockPersonality=yes',
    'SystemCallArchitectures=native',
    ...memory,
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');
}
