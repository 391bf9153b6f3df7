package io.holdfast.testkit.debian;

import io.holdfast.testkit.process.TemporaryFolder;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
 * fetched into that from the distribution's packages.
 *
 * @param file what to run
 */
public record DebianProgram(Path file) {

  private static final Logger LOG = LoggerFactory.getLogger(DebianProgram.class);
  private static final Duration FETCH_BOUND = Duration.ofMinutes(2);
  private static final List<String> FOLDERS = List.of("usr/sbin", "usr/bin");

  /**
   * Looks for a program.
   *
   * @param name the program's
   * @param packages all that it takes
   * @param libraries packages whose libraries most machines have; taken along if they can be had
   * @return empty if it is not there and cannot be fetched; the log says why
   */
  public static Optional<DebianProgram> find(
      String name, List<String> packages, List<String> libraries) throws InterruptedException {
    Optional<Path> there =
        Stream.concat(
                Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
                    .filter(folder -> !folder.isEmpty()),
                FOLDERS.stream().map(folder -> "/" + folder))
            .map(folder -> Path.of(folder, name))
            .filter(Files::isExecutable)
            .findFirst();
    if (there.isPresent()) {
      return there.map(DebianProgram::new);
    }
    Path home = cacheFolder().resolve(name + "-" + System.getProperty("os.arch"));
    try {
      if (!Files.isDirectory(home)) {
        fetch(home, name, packages, libraries);
      }
      return Optional.of(new DebianProgram(home.resolve(name)));
    } catch (IOException e) {
      LOG.warn("no {} on this machine, and none could be fetched: {}", name, e.getMessage());
      return Optional.empty();
    }
  }

  private static Path cacheFolder() {
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path base =
        xdg == null || xdg.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(xdg);
    return base.resolve("holdfast");
  }

  private static void fetch(Path home, String name, List<String> packages, List<String> libraries)
      throws IOException, InterruptedException {
    Files.createDirectories(home.getParent());
    Path work = Files.createTempDirectory(home.getParent(), "fetch-");
    try (TemporaryFolder folder = new TemporaryFolder(work)) {
      Path root =
          new DebianPackages(folder.path(), System.nanoTime() + FETCH_BOUND.toNanos())
              .unpack(Optional.empty(), packages, libraries);
      writeStarter(root, home, name);
      Files.move(root, home, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!Files.isDirectory(home)) {
        throw e;
      }
      LOG.debug("another fetch was first", e);
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
