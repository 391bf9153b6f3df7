package io.holdfast.chaos.check;

import io.holdfast.chaos.check.HistoryCheck.Result;
import java.util.List;

/** What came of a check. */
public sealed interface Verdict {

  /** How many operations were looked at. */
  int operations();

  /** In one word. */
  Result result();

  /**
   * There is an order that explains everything.
   *
   * @param operations how many were looked at
   */
  record Linearizable(int operations) implements Verdict {
    @Override
    public Result result() {
      return Result.VALID;
    }
  }

  /**
   * All promises were kept of which a model of states would not speak: those about time and about
   * what others see.
   *
   * @param operations how many were looked at
   */
  record Kept(int operations) implements Verdict {
    @Override
    public Result result() {
      return Result.VALID;
    }
  }

  /**
   * There is no such order.
   *
   * @param operations how many were looked at
   * @param explained how many the longest attempt could put in order
   * @param why the operation at which that attempt ended, and what the state was
   */
  record Violation(int operations, int explained, String why) implements Verdict {
    @Override
    public Result result() {
      return Result.INVALID;
    }
  }

  /**
   * Promises were broken.
   *
   * @param operations how many were looked at
   * @param times how often
   * @param how the first few, for people
   */
  record Broken(int operations, int times, List<String> how) implements Verdict {

    public Broken {
      how = List.copyOf(how);
    }

    @Override
    public Result result() {
      return Result.INVALID;
    }
  }

  /**
   * The search was given up, or there was nothing to judge. Not a pass.
   *
   * @param operations how many were looked at
   * @param why which limit was met, or what was missing
   */
  record Unknown(int operations, String why) implements Verdict {
    @Override
    public Result result() {
      return Result.UNKNOWN;
    }
  }
}
