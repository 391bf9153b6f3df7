package io.holdfast.testkit.docker;

import io.holdfast.testkit.debian.DebianPackages;
import io.holdfast.testkit.etcd.EtcdBinary;
import io.holdfast.testkit.process.CommandFailedException;
import io.holdfast.testkit.process.TemporaryFolder;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images of the servers, under the names that everybody uses: the engine's own, or pulled, or,
 * where nothing can be pulled, made of the same programs as this machine has them. What is made
 * takes the same settings from its environment as the original, as far as {@link ContainerCluster}
 * uses them.
 */
final class LocalImages {

  static final String ETCD = "quay.io/coreos/etcd:v3.5.21";
  static final String ZOOKEEPER = "zookeeper:3.9.5";

  private static final Logger LOG = LoggerFactory.getLogger(LocalImages.class);
  private static final Duration PULL_BOUND = Duration.ofMinutes(2);

  /** What a ZooKeeper server needs of the test's class path. */
  private static final Pattern SERVER_JARS =
      Pattern.compile(
          "(zookeeper|zookeeper-jute|netty-.*|slf4j-api|logback-.*|metrics-core|snappy-java|commons-.*"
              + "|audience-annotations|jline)-[0-9].*\\.jar");

  private static final String JAVA_MODULES =
      "java.base,java.logging,java.management,java.naming,java.rmi,java.security.jgss,"
          + "java.security.sasl,java.sql,java.xml,jdk.management,jdk.unsupported";

  private LocalImages() {}

  /** Makes an image in an empty folder. */
  private interface Recipe {
    void make(RootFolder root) throws IOException, InterruptedException;
  }

  /** The image of etcd. */
  static String etcd() throws IOException, InterruptedException {
    return ensure(ETCD, LocalImages::makeEtcd);
  }

  /** The image of ZooKeeper. */
  static String zookeeper() throws IOException, InterruptedException {
    return ensure(ZOOKEEPER, LocalImages::makeZooKeeper);
  }

  private static synchronized String ensure(String image, Recipe recipe)
      throws IOException, InterruptedException {
    if (DockerEngine.hasImage(image)) {
      return image;
    }
    try {
      DockerEngine.run(PULL_BOUND, "pull", "--quiet", image);
    } catch (CommandFailedException e) {
      LOG.info("{} cannot be pulled, so it is made here: {}", image, e.getMessage());
      try (TemporaryFolder work = TemporaryFolder.create("holdfast-image-")) {
        recipe.make(new RootFolder(work.path()));
      }
    }
    return image;
  }

  private static void makeEtcd(RootFolder root) throws IOException, InterruptedException {
    EtcdBinary binary = EtcdBinary.find();
    root.program(binary.etcd(), "/usr/local/bin/etcd");
    if (binary.etcdctl().isPresent()) {
      root.program(binary.etcdctl().get(), "/usr/local/bin/etcdctl");
    }
    root.importAs(
        ETCD, "ENV PATH=/usr/local/bin", "EXPOSE 2379 2380", "CMD [\"/usr/local/bin/etcd\"]");
  }

  private static void makeZooKeeper(RootFolder root) throws IOException, InterruptedException {
    makeShell(root);
    makeJava(root);
    Path lib = Files.createDirectories(root.at("/opt/zookeeper/lib"));
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path jar = Path.of(entry);
      if (SERVER_JARS.matcher(String.valueOf(jar.getFileName())).matches()) {
        Files.copy(jar, lib.resolve(jar.getFileName().toString()));
      }
    }
    root.script("/docker-entrypoint.sh", resource("zookeeper-entrypoint.sh"));
    Files.writeString(root.at("/opt/zookeeper/logback.xml"), resource("zookeeper-logback.xml"));
    root.importAs(
        ZOOKEEPER,
        "ENV PATH=/bin:/opt/java/bin",
        "EXPOSE 2181 2888 3888",
        "ENTRYPOINT [\"/docker-entrypoint.sh\"]");
  }

  private static void makeShell(RootFolder root) throws IOException, InterruptedException {
    try (TemporaryFolder work = TemporaryFolder.create("holdfast-shell-")) {
      Path packages =
          new DebianPackages(work.path(), System.nanoTime() + PULL_BOUND.toNanos())
              .unpack(Optional.empty(), List.of("busybox-static"));
      root.program(packages.resolve("bin/busybox"), "/bin/busybox");
    }
    for (String name : List.of("sh", "cat", "echo", "mkdir", "env")) {
      root.link("/bin/" + name, "/bin/busybox");
    }
  }

  private static void makeJava(RootFolder root) throws IOException, InterruptedException {
    ToolProvider jlink =
        ToolProvider.findFirst("jlink")
            .orElseThrow(() -> new CommandFailedException("a JDK is needed, not only a JRE"));
    Path java = root.at("/opt/java");
    Files.createDirectories(java.getParent());
    StringWriter said = new StringWriter();
    int code =
        jlink.run(
            new PrintWriter(said),
            new PrintWriter(said),
            "--add-modules",
            JAVA_MODULES,
            "--strip-debug",
            "--no-header-files",
            "--no-man-pages",
            "--output",
            java.toString());
    if (code != 0) {
      throw new CommandFailedException("jlink: " + said.toString().strip());
    }
    List<Path> natives;
    try (Stream<Path> files = Files.walk(java)) {
      natives =
          files
              .filter(file -> file.toString().endsWith(".so") || file.endsWith("bin/java"))
              .toList();
    }
    for (Path file : natives) {
      root.libraries(file);
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = LocalImages.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
