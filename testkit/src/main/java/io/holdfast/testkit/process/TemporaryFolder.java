package io.holdfast.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder that goes away, with all in it, when it is closed.
 *
 * @param path where it is
 */
public record TemporaryFolder(Path path) implements AutoCloseable {

  private static final int TRIES = 5;

  /** Makes one in the system's folder for such. */
  public static TemporaryFolder create(String prefix) {
    try {
      return new TemporaryFolder(Files.createTempDirectory(prefix));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a temporary folder", e);
    }
  }

  /** Copies all in it to a folder that is not there yet; a file that goes away meanwhile, not. */
  public void copyTo(Path other) {
    try (Stream<Path> all = Files.walk(path)) {
      for (Path each : all.toList()) {
        Path copy = other.resolve(path.relativize(each).toString());
        if (Files.isDirectory(each)) {
          Files.createDirectories(copy);
        } else if (Files.exists(each)) {
          Files.copy(each, copy);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot copy " + path, e);
    }
  }

  /** Deletes it, with patience: a server that is just ending may still write there. */
  @Override
  public void close() {
    for (int tries = 1; Files.exists(path); tries++) {
      try {
        deleteOnce();
      } catch (IOException | UncheckedIOException e) {
        if (tries == TRIES) {
          throw new IllegalStateException("cannot delete " + path, e);
        }
      }
    }
  }

  private void deleteOnce() throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(path)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : deepestFirst) {
      Files.deleteIfExists(each);
    }
  }
}
