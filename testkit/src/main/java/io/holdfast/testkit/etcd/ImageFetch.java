package io.holdfast.testkit.etcd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes etcd out of its container image, with the {@code docker} command. The image is pulled if it
 * is not there yet; a container is made of it, to copy from, and never started.
 */
final class ImageFetch {

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
   * @return the folder that holds {@code etcd} and {@code etcdctl}
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
    // A command is asked for where the image names none; it is never run.
    String container = docker("create", image, PROGRAMS + "etcd").strip();
    try {
      Path folder = Files.createDirectories(work.resolve("image"));
      docker("cp", container + ":" + PROGRAMS + "etcd", folder.toString());
      docker("cp", container + ":" + PROGRAMS + "etcdctl", folder.toString());
      return folder;
    } finally {
      docker("rm", container);
    }
  }

  private String docker(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    return Command.run(work, deadline, command);
  }
}
