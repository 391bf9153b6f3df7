package io.holdfast.spi;

/** For backends: a thread for one task that blocks, which the program's end need not wait for. */
public final class DaemonThread {

  private DaemonThread() {}

  /** Runs {@code task} on a thread of its own, called {@code name}. */
  public static void start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }
}
