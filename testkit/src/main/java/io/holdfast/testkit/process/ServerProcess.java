package io.holdfast.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A server that runs as a child process of this JVM, its output in a file.
 *
 * <p>All that were not closed are killed when the JVM ends.
 */
public final class ServerProcess implements AutoCloseable {

  private static final Pattern STOPPED = Pattern.compile("^State:\\s+T", Pattern.MULTILINE);
  private static final Duration STANDS_STILL = Duration.ofSeconds(10);
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> RUNNING.forEach(Process::destroyForcibly), "holdfast-end-child-processes"));
  }

  private final String name;
  private final Process process;
  private final Path log;

  private ServerProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a process.
   *
   * @param name for messages
   * @param command the program and its arguments
   * @param folder its working folder, which exists
   * @param log where its output is appended
   */
  public static ServerProcess start(String name, List<String> command, Path folder, Path log) {
    return start(name, command, Map.of(), folder, log);
  }

  /**
   * Starts a process with more in its environment, which is the place for its secrets.
   *
   * @param environment added to this process's own
   */
  public static ServerProcess start(
      String name, List<String> command, Map<String, String> environment, Path folder, Path log) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().putAll(environment);
      Process process = builder.start();
      RUNNING.add(process);
      process.onExit().thenAccept(RUNNING::remove);
      return new ServerProcess(name, process, log);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + name + ": " + e.getMessage(), e);
    }
  }

  /** The operating system's number for it. */
  public long pid() {
    return process.pid();
  }

  /** True until it has ended. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** The last lines of its output, for a message. */
  public String logTail(int lines) {
    try {
      List<String> all = Files.readAllLines(log, StandardCharsets.UTF_8);
      return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  /** SIGKILL, and waits until it is gone. */
  public void kill() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException(name + " outlived a kill by ten seconds");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * SIGSTOP: freezes it. Returns when the last of its threads stands still, which on a busy machine
   * is some milliseconds after the signal was sent; where there is no /proc, at once.
   */
  public void pause() {
    signal("STOP");
    long start = System.nanoTime();
    while (Files.exists(tasks()) && !isPaused()) {
      if (System.nanoTime() - start > STANDS_STILL.toNanos()) {
        throw new IllegalStateException(name + " does not stop");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  /** True if all of its threads are stopped by a signal; false where that is not to be seen. */
  public boolean isPaused() {
    try (Stream<Path> all = Files.list(tasks())) {
      return all.allMatch(ServerProcess::isStopped);
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look at " + this, e);
    }
  }

  private Path tasks() {
    return Path.of("/proc", Long.toString(pid()), "task");
  }

  private static boolean isStopped(Path task) {
    try {
      return STOPPED.matcher(Files.readString(task.resolve("status"))).find();
    } catch (IOException ended) {
      return true;
    }
  }

  /** SIGCONT: lets it go on. */
  public void resume() {
    signal("CONT");
  }

  /** SIGQUIT: a Java program adds what its threads do to its output, and goes on. */
  public void dumpThreads() {
    signal("QUIT");
  }

  private void signal(String signal) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).start();
      if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
        throw new IllegalStateException("cannot send SIG" + signal + " to " + name);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends it, by SIGTERM and after five seconds by SIGKILL. Idempotent. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (process.waitFor(5, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
  }

  @Override
  public String toString() {
    return name + " (pid " + pid() + ")";
  }
}
