package io.holdfast.testkit.zookeeper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Temporary folders of servers. */
final class Folders {

  private static final int TRIES = 5;

  private Folders() {}

  static Path temporary() {
    try {
      return Files.createTempDirectory("holdfast-zookeeper-");
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary folder for ZooKeeper", e);
    }
  }

  /** Deletes a folder, with patience: a server that is just ending may still write to it. */
  static void delete(Path folder) {
    for (int tries = 1; Files.exists(folder); tries++) {
      try {
        deleteOnce(folder);
      } catch (IOException | UncheckedIOException e) {
        if (tries == TRIES) {
          throw new IllegalStateException("cannot delete " + folder, e);
        }
      }
    }
  }

  private static void deleteOnce(Path folder) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(folder)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.deleteIfExists(path);
    }
  }
}
