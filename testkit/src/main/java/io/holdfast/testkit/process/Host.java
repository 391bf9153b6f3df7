package io.holdfast.testkit.process;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Where a process of a test runs.
 *
 * @param address at which it listens and others reach it
 * @param prefix what comes before its command, such as the one that enters a network namespace
 */
public record Host(String address, List<String> prefix) {

  /** This machine, on loopback. */
  public static final Host LOOPBACK = new Host("127.0.0.1", List.of());

  public Host {
    prefix = List.copyOf(prefix);
  }

  /** {@link #LOOPBACK} for each of {@code count} processes. */
  public static List<Host> loopback(int count) {
    return Collections.nCopies(count, LOOPBACK);
  }

  /** A command as it is to be run here. */
  public List<String> command(List<String> command) {
    List<String> whole = new ArrayList<>(prefix);
    whole.addAll(command);
    return whole;
  }
}
