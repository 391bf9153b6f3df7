package io.holdfast.chaos.fault;

/** A client process that can be hurt. */
public interface Client {

  /** Tells it from the others; the name of its links. */
  String name();

  /** SIGKILL. */
  void kill();

  /** SIGSTOP. */
  void pause();

  /** SIGCONT. */
  void resume();

  /** Starts it again after a kill. */
  void start();

  /** True unless it has ended. */
  boolean isAlive();

  /** True if the system says that it stands still. */
  boolean isPaused();
}
