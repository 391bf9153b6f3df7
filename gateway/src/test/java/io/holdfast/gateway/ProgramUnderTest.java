package io.holdfast.gateway;

import io.holdfast.testkit.debian.DebianProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A program of the distribution that runs beside a test. */
public final class ProgramUnderTest implements AutoCloseable {

  private static final long PATIENCE = 30;

  private final Process process;
  private final Path log;

  private ProgramUnderTest(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Where it is; the test is left out if it cannot be had. */
  public static Path find(String name, String packageName) throws InterruptedException {
    var found = DebianProgram.find(name, packageName);
    Assumptions.assumeTrue(
        found.isPresent(), "no " + name + " can be had: its door is not tested with it here");
    return found.orElseThrow().file();
  }

  /** Starts one that runs until it is closed. */
  public static ProgramUnderTest start(Path program, Path folder, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    Path log = folder.resolve(program.getFileName() + ".log");
    return new ProgramUnderTest(
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start(),
        log);
  }

  /** Runs one to its end, and gives what it printed. */
  public static String run(Path program, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor(PATIENCE, TimeUnit.SECONDS);
    return printed;
  }

  /** What it has said. */
  public String log() throws IOException {
    return Files.readString(log, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
