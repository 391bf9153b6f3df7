package io.holdfast.testkit.debian;

import io.holdfast.testkit.process.TemporaryFolder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program that the machine may lack: taken from the PATH, or from the user's cache folder, or
 * fetched into that from the distribution's packages, with the libraries that the machine lacks.
 *
 * @param file what to run
 * @param root the folder that stands for {@code /} in its package
 */
public record DebianProgram(Path file, Path root) {

  private static final Logger LOG = LoggerFactory.getLogger(DebianProgram.class);
  private static final Duration FETCH_BOUND = Duration.ofMinutes(2);
  private static final List<String> FOLDERS = List.of("usr/sbin", "usr/bin");

  /** Locks of one JVM exclude each other by this, not by the file. */
  private static final Object FETCHING = new Object();

  /**
   * Looks for a program, for tests that may do without.
   *
   * @return empty if it is not there and cannot be fetched; the log says what to install
   */
  public static Optional<DebianProgram> find(String name, String packageName)
      throws InterruptedException {
    try {
      return Optional.of(get(name, packageName));
    } catch (ProgramNotFoundException e) {
      LOG.warn("{}", e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Looks for a program that must be there.
   *
   * @throws ProgramNotFoundException if it is not and cannot be fetched, in one line that says what
   *     to install
   */
  public static DebianProgram get(String name, String packageName) throws InterruptedException {
    Optional<Path> there = installed(name);
    if (there.isPresent()) {
      return new DebianProgram(there.get(), Path.of("/"));
    }
    Path home = cacheFolder().resolve(name + "-" + System.getProperty("os.arch"));
    try {
      if (!Files.isDirectory(home)) {
        fetchOnce(home, name, packageName);
      }
      return new DebianProgram(home.resolve(name), home);
    } catch (IOException e) {
      throw new ProgramNotFoundException(
          "no "
              + name
              + " on this machine, and none could be fetched: install the package "
              + packageName
              + " ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  private static Optional<Path> installed(String name) {
    return Stream.concat(
            Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .filter(folder -> !folder.isEmpty()),
            FOLDERS.stream().map(folder -> "/" + folder))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Where the user's programs that were fetched are. */
  public static Path cacheFolder() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path base =
        xdg == null || xdg.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(xdg);
    return base.resolve("holdfast");
  }

  private static void fetchOnce(Path home, String name, String packageName)
      throws IOException, InterruptedException {
    Files.createDirectories(home.getParent());
    synchronized (FETCHING) {
      try (FileChannel file =
              FileChannel.open(
                  home.resolveSibling(name + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = file.lock()) {
        LOG.debug("holding {}", lock);
        if (!Files.isDirectory(home)) {
          fetch(home, name, packageName);
        }
      }
    }
  }

  private static void fetch(Path home, String name, String packageName)
      throws IOException, InterruptedException {
    LOG.info("no {} on this machine: fetching the package {} into {}", name, packageName, home);
    Path work = Files.createTempDirectory(home.getParent(), "fetch-");
    try (TemporaryFolder folder = new TemporaryFolder(work)) {
      Path root =
          new DebianPackages(folder.path(), System.nanoTime() + FETCH_BOUND.toNanos())
              .unpack(Optional.empty(), List.of(packageName));
      writeStarter(root, home, name);
      Files.move(root, home, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** A script beside {@code usr}, because the program finds its libraries by a variable only. */
  private static void writeStarter(Path root, Path home, String name) throws IOException {
    Path starter = root.resolve(name);
    Path program =
        FOLDERS.stream()
            .map(folder -> Path.of(folder, name))
            .filter(path -> Files.isExecutable(root.resolve(path)))
            .findFirst()
            .orElseThrow(() -> new FileSystemException(name, null, "not in its packages"));
    Files.writeString(
        starter,
        """
        #!/bin/sh
        for folder in "%1$s"/usr/lib/*-linux-gnu* "%1$s"/lib/*-linux-gnu*; do
          LD_LIBRARY_PATH="$LD_LIBRARY_PATH${LD_LIBRARY_PATH:+:}$folder"
        done
        export LD_LIBRARY_PATH
        exec "%1$s/%2$s" "$@"
        """
            .formatted(home, program));
    Files.setPosixFilePermissions(starter, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
