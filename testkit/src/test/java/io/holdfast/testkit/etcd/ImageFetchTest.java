package io.holdfast.testkit.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.holdfast.testkit.process.Command;
import io.holdfast.testkit.process.CommandFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs where a Docker engine answers, on an image that it makes itself. */
final class ImageFetchTest {

  private static final String IMAGE = "holdfast-test/etcd:made-here";

  private static long deadline() {
    return System.nanoTime() + Duration.ofSeconds(60).toNanos();
  }

  private static void requireDocker(Path folder) throws InterruptedException {
    boolean answers;
    try {
      Command.run(folder, deadline(), List.of("docker", "info"));
      answers = true;
    } catch (IOException e) {
      answers = false;
    }
    assumeTrue(answers, "no Docker engine answers: etcd out of an image is not tested here");
  }

  @AfterEach
  void forgetTheImage() {
    System.clearProperty(ImageFetch.PROPERTY);
  }

  private static void makeImage(Path folder) throws IOException, InterruptedException {
    EtcdBinary there = EtcdBinary.find();
    Path bin = Files.createDirectories(folder.resolve("root/usr/local/bin"));
    Files.copy(there.etcd(), bin.resolve("etcd"));
    Files.copy(there.etcdctl().orElseThrow(), bin.resolve("etcdctl"));
    Path tar = folder.resolve("image.tar");
    String root = folder.resolve("root").toString();
    Command.run(folder, deadline(), List.of("tar", "-cf", tar.toString(), "-C", root, "."));
    Command.run(folder, deadline(), List.of("docker", "import", tar.toString(), IMAGE));
  }

  private static String containers(Path folder) throws IOException, InterruptedException {
    return Command.run(folder, deadline(), List.of("docker", "ps", "-aq"));
  }

  @Test
  void fetch_imageWithEtcd_givesProgramsThatRun(@TempDir Path work) throws Exception {
    requireDocker(work);
    makeImage(work);
    try {
      System.setProperty(ImageFetch.PROPERTY, IMAGE);
      String before = containers(work);

      Path folder = new ImageFetch(work, deadline()).fetch();

      EtcdBinary fetched = EtcdBinary.in(folder).orElseThrow();
      assertThat(fetched.version()).isEqualTo(EtcdBinary.find().version());
      assertThat(fetched.etcdctl()).isPresent();
      assertThat(containers(work)).isEqualTo(before);
    } finally {
      Command.run(work, deadline(), List.of("docker", "rmi", IMAGE));
    }
  }

  @Test
  void fetch_noSuchImage_failsWithDockersWord(@TempDir Path work) throws Exception {
    requireDocker(work);
    System.setProperty(ImageFetch.PROPERTY, "localhost:1/none:such");

    assertThatThrownBy(() -> new ImageFetch(work, deadline()).fetch())
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("docker");
  }
}
