package io.holdfast.testkit.fault;

import java.nio.file.Path;

/** The disk of a server process runs full. */
final class FullDisk {

  private FullDisk() {}

  /** For a server with its data in {@code data}. */
  static Wound of(Servers servers, int server, Path data) {
    servers.kill(server);
    SmallDisk disk = SmallDisk.over(data);
    servers.start(server);
    servers.awaitServing();
    disk.fill();
    return new Wound(
        "filled the disk of server " + server,
        () -> !servers.serves(server),
        () -> {
          servers.kill(server);
          disk.remove();
          servers.start(server);
        });
  }
}
