package io.holdfast.testkit.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.holdfast.testkit.debian.DebianPackages;
import io.holdfast.testkit.debian.DebianProgram;
import io.holdfast.testkit.process.CommandFailedException;
import io.holdfast.testkit.process.TemporaryFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real etcd that can be started.
 *
 * @param etcd the server
 * @param etcdctl the command line client, if it is there
 * @param version as the server tells it
 */
public record EtcdBinary(Path etcd, Optional<Path> etcdctl, String version) {

  private static final Logger LOG = LoggerFactory.getLogger(EtcdBinary.class);

  /** Names the server's file, or a folder that holds it; an environment variable does as well. */
  public static final String PROPERTY = "holdfast.etcd";

  /** Debian's suite with etcd 3.5; it also runs on the release before. */
  private static final String PREFERRED_SUITE = "trixie";

  private static final String VARIABLE = "HOLDFAST_ETCD";
  private static final Duration FETCH_BOUND = Duration.ofMinutes(3);
  private static final Pattern VERSION = Pattern.compile("etcd Version: *([0-9]+[0-9.]*)");

  /** Locks of one JVM exclude each other by this, not by the file. */
  private static final Object FETCHING = new Object();

  /**
   * Looks where {@link #PROPERTY} or {@code HOLDFAST_ETCD} points, on the {@code PATH}, in the
   * user's cache folder, and at last fetches it into that folder: from the distribution's package,
   * or else out of a container image, with Docker. That takes at most three minutes.
   *
   * @throws EtcdNotFoundException if there is none, in one line that says what to install
   */
  public static EtcdBinary find() {
    String named = System.getProperty(PROPERTY, System.getenv(VARIABLE));
    if (named != null && !named.isBlank()) {
      Path path = Path.of(named);
      Path folder = Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
      return in(folder == null ? path : folder)
          .orElseThrow(
              () ->
                  new EtcdNotFoundException(
                      PROPERTY + " names " + named + ", where no etcd can be run"));
    }
    return onPath().or(() -> cached(cacheFolder())).orElseGet(() -> fetched(cacheFolder()));
  }

  /** The etcd in a folder, if one runs there. */
  static Optional<EtcdBinary> in(Path folder) {
    Path etcd = folder.resolve("etcd");
    if (!Files.isRegularFile(etcd) || !Files.isExecutable(etcd)) {
      return Optional.empty();
    }
    Optional<Path> client = Optional.of(folder.resolve("etcdctl")).filter(Files::isExecutable);
    return versionOf(etcd).map(version -> new EtcdBinary(etcd, client, version));
  }

  private static Optional<EtcdBinary> onPath() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .filter(entry -> !entry.isEmpty())
        .map(entry -> in(Path.of(entry)))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Path cacheFolder() {
    return DebianProgram.cacheFolder().resolve("etcd");
  }

  /** The newest in {@code cache/<version>-<arch>}. */
  static Optional<EtcdBinary> cached(Path cache) {
    if (!Files.isDirectory(cache)) {
      return Optional.empty();
    }
    String arch = System.getProperty("os.arch");
    try (Stream<Path> folders = Files.list(cache)) {
      return folders
          .filter(folder -> folder.getFileName().toString().endsWith("-" + arch))
          .map(EtcdBinary::in)
          .flatMap(Optional::stream)
          .max(Comparator.comparing(EtcdBinary::version, EtcdBinary::compareVersions));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Compares dotted numbers. */
  static int compareVersions(String a, String b) {
    int[] left = Arrays.stream(a.split("\\.", -1)).mapToInt(Integer::parseInt).toArray();
    int[] right = Arrays.stream(b.split("\\.", -1)).mapToInt(Integer::parseInt).toArray();
    return Arrays.compare(left, right);
  }

  private static EtcdBinary fetched(Path cache) {
    long deadline = System.nanoTime() + FETCH_BOUND.toNanos();
    synchronized (FETCHING) {
      try {
        Files.createDirectories(cache);
        try (FileChannel file =
                FileChannel.open(
                    cache.resolve("fetch.lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            FileLock lock = file.lock()) {
          LOG.debug("holding {}", lock);
          Optional<EtcdBinary> byAnother = cached(cache);
          return byAnother.isPresent() ? byAnother.get() : fetch(cache, deadline);
        }
      } catch (IOException | EtcdNotFoundException e) {
        throw new EtcdNotFoundException(
            "no etcd: install the packages etcd-server and etcd-client, or Docker, or let "
                + PROPERTY
                + " name a binary ("
                + e.getMessage()
                + ")");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EtcdNotFoundException("interrupted while fetching etcd");
      }
    }
  }

  private static EtcdBinary fetch(Path cache, long deadline)
      throws IOException, InterruptedException {
    LOG.info("no etcd on this machine: fetching the distribution's package into {}", cache);
    Path work = Files.createTempDirectory(cache, "fetch-");
    try {
      Path bin = fromPackageOrImage(work, deadline);
      EtcdBinary fresh =
          in(bin).orElseThrow(() -> new CommandFailedException("the fetched etcd does not run"));
      Path ready = Files.createDirectory(work.resolve("ready"));
      for (String name : List.of("etcd", "etcdctl")) {
        if (Files.exists(bin.resolve(name))) {
          Files.move(bin.resolve(name), ready.resolve(name));
        }
      }
      Path home = cache.resolve(fresh.version() + "-" + System.getProperty("os.arch"));
      try {
        Files.move(ready, home, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException e) {
        LOG.debug("another fetch was first", e);
      }
      return in(home).orElseThrow(() -> new CommandFailedException("no etcd in " + home));
    } finally {
      new TemporaryFolder(work).close();
    }
  }

  private static Path fromPackageOrImage(Path work, long deadline)
      throws IOException, InterruptedException {
    String noPackage;
    try {
      return fromPackage(work, deadline);
    } catch (IOException e) {
      noPackage = String.valueOf(e.getMessage());
    }
    try {
      return new ImageFetch(work, deadline).fetch();
    } catch (IOException e) {
      throw new EtcdNotFoundException(noPackage + "; " + e.getMessage());
    }
  }

  private static Path fromPackage(Path work, long deadline)
      throws IOException, InterruptedException {
    Path root =
        new DebianPackages(work, deadline)
            .unpack(Optional.of(PREFERRED_SUITE), List.of("etcd-server", "etcd-client"));
    Path bin = root.resolve("usr/bin");
    if (!Files.isExecutable(bin.resolve("etcd"))) {
      throw new CommandFailedException("the package etcd-server holds no usr/bin/etcd");
    }
    return bin;
  }

  private static Optional<String> versionOf(Path etcd) {
    try {
      Process process =
          new ProcessBuilder(etcd.toString(), "--version").redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), UTF_8);
      Matcher version = VERSION.matcher(output);
      return version.find() ? Optional.of(version.group(1)) : Optional.empty();
    } catch (IOException e) {
      LOG.debug("{} does not run", etcd, e);
      return Optional.empty();
    }
  }
}
