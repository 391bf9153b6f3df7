package io.holdfast.testkit.docker;

import io.holdfast.testkit.process.Command;
import io.holdfast.testkit.process.CommandFailedException;
import io.holdfast.testkit.process.TemporaryFolder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Docker engine of this machine, by the {@code docker} command. */
public final class DockerEngine {

  private static final Logger LOG = LoggerFactory.getLogger(DockerEngine.class);
  private static final Duration PROMPT = Duration.ofSeconds(20);

  private DockerEngine() {}

  /** True if there is an engine that answers; the log says why if not. */
  public static boolean answers() throws InterruptedException {
    try {
      run(PROMPT, "info");
      return true;
    } catch (IOException e) {
      LOG.info("no Docker engine answers: {}", e.getMessage());
      return false;
    }
  }

  static boolean hasImage(String image) throws IOException, InterruptedException {
    try {
      run(PROMPT, "image", "inspect", image);
      return true;
    } catch (CommandFailedException e) {
      LOG.debug("no image {} yet", image, e);
      return false;
    }
  }

  /**
   * Runs {@code docker}.
   *
   * @return what it printed
   * @throws CommandFailedException with its last lines
   */
  static String run(Duration bound, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("docker"));
    command.addAll(List.of(arguments));
    try (TemporaryFolder folder = TemporaryFolder.create("holdfast-docker-")) {
      return Command.run(folder.path(), System.nanoTime() + bound.toNanos(), command);
    }
  }
}
