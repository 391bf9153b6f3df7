package io.holdfast.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
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

  /** The bytes of all files in it; of those that go away meanwhile, perhaps not. */
  public long size() {
    AtomicLong sum = new AtomicLong();
    try {
      Files.walkFileTree(
          path,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              sum.addAndGet(attributes.size());
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look into " + path, e);
    }
    return sum.get();
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
