package io.holdfast.chaos.check;

import io.holdfast.chaos.history.HistoryFormatException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What one hold takes: one lock or several, each in a mode.
 *
 * @param claims each name once
 */
record LockClaims(List<Claim> claims) {

  private static final Pattern FORM =
      Pattern.compile("([^:\\s]+):(exclusive|write|read|permits:(\\d{1,5})of(\\d{1,5}))");

  /**
   * One lock in one mode.
   *
   * @param name which lock
   * @param sharing how it is shared: {@code read}, {@code permits of} and how many, or empty if not
   * @param weight how many permits
   * @param total out of how many
   */
  record Claim(String name, String sharing, int weight, int total) {

    boolean isShared() {
      return !sharing.isEmpty();
    }

    /** True if nobody who holds {@code held} stands in the way by the kind of hold. */
    private boolean sharesWith(Claim held) {
      return !name.equals(held.name) || (isShared() && sharing.equals(held.sharing));
    }
  }

  /**
   * Reads {@code name:exclusive}, {@code :write}, {@code :read} or {@code :permits:2of5}, spaced.
   */
  static LockClaims parse(String text) {
    return new LockClaims(Stream.of(text.split(" ", -1)).map(LockClaims::claim).toList());
  }

  private static Claim claim(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new HistoryFormatException("not a claim on a lock: '" + text + "'");
    }
    String name = form.group(1);
    if (form.group(3) != null) {
      int total = Integer.parseInt(form.group(4));
      return new Claim(name, "permits of " + total, Integer.parseInt(form.group(3)), total);
    }
    return new Claim(name, form.group(2).equals("read") ? "read" : "", 0, 0);
  }

  /** True if this can be held while {@code others} are held. */
  boolean fitsWith(List<LockClaims> others) {
    List<Claim> held = others.stream().flatMap(each -> each.claims().stream()).toList();
    return claims.stream()
        .allMatch(
            claim ->
                held.stream().allMatch(claim::sharesWith)
                    && claim.weight() + taken(claim, held) <= claim.total());
  }

  private static int taken(Claim claim, List<Claim> held) {
    return held.stream()
        .filter(each -> each.name().equals(claim.name()))
        .mapToInt(Claim::weight)
        .sum();
  }
}
