package io.holdfast.chaos.fault;

import io.holdfast.testkit.process.ServerProcess;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A client that is a child process. It runs after the first {@link #start}. For one thread. */
public abstract class ProcessClient implements Client, AutoCloseable {

  private static final int TAIL = 20;

  private final String name;
  private @Nullable ServerProcess process;

  /**
   * Starts nothing.
   *
   * @param name as {@link Client#name}
   */
  protected ProcessClient(String name) {
    this.name = name;
  }

  /** Starts a process of it; there is no other. */
  protected abstract ServerProcess launch();

  /** The latest. */
  protected final ServerProcess process() {
    return Objects.requireNonNull(process, "not started");
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final void start() {
    if (process == null || !process.isAlive()) {
      process = launch();
    }
  }

  @Override
  public final void kill() {
    process().kill();
  }

  @Override
  public final void pause() {
    process().pause();
  }

  @Override
  public final void resume() {
    process().resume();
  }

  @Override
  public final boolean isAlive() {
    return process().isAlive();
  }

  @Override
  public final boolean isPaused() {
    return process().isPaused();
  }

  /** The last lines of its log. */
  public final String logTail() {
    return process().logTail(TAIL);
  }

  /** Kills it if it runs. */
  @Override
  public final void close() {
    if (process != null) {
      process.kill();
    }
  }
}
