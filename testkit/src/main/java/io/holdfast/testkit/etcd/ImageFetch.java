package io.holdfast.testkit.etcd;

import io.holdfast.testkit.process.Command;
import io.holdfast.testkit.process.CommandFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes etcd out of its container image, with the {@code docker} command. The image is pulled if it
 * is not there yet; a container is made of it, to copy from, and never started.
 *
 * <p>The programs are looked for in {@code /usr/local/bin}, where the images of the etcd project
 * have them.
 */
final class ImageFetch {

  private static final Logger LOG = LoggerFactory.getLogger(ImageFetch.class);
  private static final Duration REMOVE_BOUND = Duration.ofSeconds(20);

  /** Names the image. */
  static final String PROPERTY = "holdfast.etcd.image";

  private static final String IMAGE = "quay.io/coreos/etcd:v3.5.21";
  private static final String PROGRAMS = "/usr/local/bin/";

  private final Path work;
  private final long deadline;

  /**
   * @param work an empty folder that is thrown away afterwards
   * @param deadline on {@link System#nanoTime}, for all commands together
   */
  ImageFetch(Path work, long deadline) {
    this.work = work;
    this.deadline = deadline;
  }

  /**
   * Copies the programs.
   *
   * @return the folder that holds {@code etcd} and, if the image has it, {@code etcdctl}
   * @throws CommandFailedException if there is no engine, no image, or no etcd in it
   * @throws IOException if there is no {@code docker} command
   */
  Path fetch() throws IOException, InterruptedException {
    String image = System.getProperty(PROPERTY, IMAGE);
    try {
      docker("image", "inspect", image);
    } catch (CommandFailedException e) {
      docker("pull", image);
    }
    String container = "holdfast-fetch-" + UUID.randomUUID();
    // A command is asked for where the image names none; it is never run.
    docker("create", "--name", container, image, PROGRAMS + "etcd");
    try {
      Path folder = Files.createDirectories(work.resolve("image"));
      docker("cp", container + ":" + PROGRAMS + "etcd", folder.toString());
      copyClient(container, folder);
      return folder;
    } finally {
      remove(container);
    }
  }

  private void copyClient(String container, Path folder) throws IOException, InterruptedException {
    try {
      docker("cp", container + ":" + PROGRAMS + "etcdctl", folder.toString());
    } catch (CommandFailedException e) {
      LOG.info("the image has no etcdctl: {}", e.getMessage());
    }
  }

  /** Has a bound of its own, so that a container is not left behind because a pull was slow. */
  private void remove(String container) throws InterruptedException {
    try {
      long bound = System.nanoTime() + REMOVE_BOUND.toNanos();
      Command.run(work, bound, List.of("docker", "rm", container));
    } catch (IOException e) {
      LOG.warn("the container {} is left behind, remove it: {}", container, e.getMessage());
    }
  }

  private String docker(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    return Command.run(work, deadline, command);
  }
}
