package io.holdfast.spi;

/**
 * One thing that an examination of a cluster found; see {@link io.holdfast.admin.Doctor}.
 *
 * @param level how bad it is
 * @param subject what it is about, such as {@code server host1:2181} or {@code clock}
 * @param what what was found
 * @param advice what to do; empty if nothing need be done
 */
public record Finding(Level level, String subject, String what, String advice) {

  /** How bad a finding is, the best first. */
  public enum Level {
    /** As it should be. */
    OK,
    /** It works, but something ought to be changed. */
    WARNING,
    /** It does not work, or cannot be relied on. */
    PROBLEM
  }

  /** As it should be. */
  public static Finding ok(String subject, String what) {
    return new Finding(Level.OK, subject, what, "");
  }

  /** It works, but something ought to be changed. */
  public static Finding warning(String subject, String what, String advice) {
    return new Finding(Level.WARNING, subject, what, advice);
  }

  /** It does not work, or cannot be relied on. */
  public static Finding problem(String subject, String what, String advice) {
    return new Finding(Level.PROBLEM, subject, what, advice);
  }
}
