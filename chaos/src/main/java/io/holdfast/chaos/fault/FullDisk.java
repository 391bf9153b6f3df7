package io.holdfast.chaos.fault;

import java.nio.file.Path;

/** The disk of a server process runs full. */
final class FullDisk {

  private FullDisk() {}

  /** For a server with its data in {@code data}. */
  static ActiveFault of(Servers servers, int server, Path data) {
    servers.kill(server);
    SmallDisk disk = SmallDisk.over(data);
    servers.start(server);
    servers.awaitServing();
    disk.fill();
    return new ActiveFault(
        "filled the disk of server " + server,
        () -> !servers.serves(server),
        () -> {
          servers.kill(server);
          disk.remove();
          servers.start(server);
        });
  }
}
