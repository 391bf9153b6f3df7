package io.holdfast.chaos.suite;

import io.holdfast.chaos.ChaosResult;
import io.holdfast.chaos.Leg;
import io.holdfast.chaos.RecoveryQuantiles;
import io.holdfast.chaos.RecoveryTime;
import io.holdfast.chaos.check.HistoryCheck.Result;
import io.holdfast.chaos.fault.FaultOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** What many legs came to, in one table. For many threads. */
final class CampaignSummary {

  private static final String OF_A_CLIENT = "client-";
  private static final int MEBIBYTE = 1 << 20;

  private final long begun = System.nanoTime();

  // All guarded by this.
  private final Map<String, Hits> hits = new TreeMap<>();
  private final Map<String, List<RecoveryTime>> recoveries = new TreeMap<>();
  private final List<String> legs = new ArrayList<>();
  private final TreeSet<String> skipped = new TreeSet<>();
  private long operations;
  private long fenced;
  private int violations;
  private int unknown;
  private long disk;

  /** How often a fault was there, and how often it was seen to be. */
  private record Hits(int injected, int bitten) {

    static Hits of(FaultOutcome faultOutcome) {
      return new Hits(1, faultOutcome.bitten() ? 1 : 0);
    }

    Hits plus(Hits more) {
      return new Hits(injected + more.injected, bitten + more.bitten);
    }
  }

  /** Counts a leg, whatever came of it. */
  synchronized void add(Leg leg, ChaosResult result) {
    operations += result.check().operations();
    fenced += result.check().fenced();
    violations += keys(result, Result.INVALID);
    unknown += keys(result, Result.UNKNOWN);
    result.faultOutcomes().forEach(each -> hits.merge(each.fault(), Hits.of(each), Hits::plus));
    result
        .recoveries()
        .forEach(
            (fault, all) ->
                recoveries.computeIfAbsent(fault, absent -> new ArrayList<>()).addAll(all));
    legs.add(
        "%-28s %s, %d operations, %d faults"
            .formatted(
                leg.name(),
                result.check().result(),
                result.check().operations(),
                result.faultOutcomes().size()));
    result
        .skipped()
        .forEach(
            (fault, why) -> skipped.add("SKIPPED %s %s: %s".formatted(leg.name(), fault, why)));
  }

  private static int keys(ChaosResult result, Result verdict) {
    return (int)
        result.check().verdicts().values().stream()
            .filter(each -> each.result() == verdict)
            .count();
  }

  /** Notes how much disk is in use now. */
  synchronized void addDisk(long bytes) {
    disk = Math.max(disk, bytes);
  }

  synchronized long operations() {
    return operations;
  }

  /** How many writes of overtaken holders were refused. */
  synchronized long fenced() {
    return fenced;
  }

  /** How many keys of how many legs were not as promised. */
  synchronized int violations() {
    return violations;
  }

  /** How many were given up. */
  synchronized int unknown() {
    return unknown;
  }

  private int count(ToIntFunction<Hits> which) {
    return hits.values().stream().mapToInt(which).sum();
  }

  /** From faults after which no leader had to be found, but for a client that heard nothing. */
  synchronized List<RecoveryTime> clientsRecovered() {
    return recovery(
        fault -> fault.startsWith(OF_A_CLIENT) && !fault.equals(RecoveryBounds.DEAF_CLIENT));
  }

  /** The same, from all others. */
  synchronized List<RecoveryTime> serversRecovered() {
    return recovery(fault -> !fault.startsWith(OF_A_CLIENT));
  }

  private List<RecoveryTime> recovery(Predicate<String> which) {
    return recoveries.entrySet().stream()
        .filter(each -> which.test(each.getKey()))
        .flatMap(each -> each.getValue().stream())
        .toList();
  }

  /** The sums, on one line. */
  synchronized String soFar() {
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    String text =
        ("%d min %02d s, %d legs: %d operations checked, %d violations, %d UNKNOWN;"
                + " %d faults injected, %d bit; %d refused by a fence")
            .formatted(
                took.toMinutes(),
                took.toSecondsPart(),
                legs.size(),
                operations,
                violations,
                unknown,
                count(Hits::injected),
                count(Hits::bitten),
                fenced);
    return disk == 0 ? text : "%s; %d MiB of disk at most".formatted(text, disk / MEBIBYTE);
  }

  @Override
  public synchronized String toString() {
    Stream<String> faults =
        hits.entrySet().stream()
            .map(
                each ->
                    "%-28s injected %3d, bit %3d"
                        .formatted(
                            each.getKey(), each.getValue().injected(), each.getValue().bitten()));
    Stream<String> recovery =
        Stream.of(
                recoveries.entrySet().stream().map(each -> line(each.getKey(), each.getValue())),
                Stream.of(
                    line("all faults of clients that hear", clientsRecovered()),
                    line("all faults of servers", serversRecovered()),
                    line("all faults", recovery(fault -> true))))
            .flatMap(lines -> lines);
    List<String> lines = new ArrayList<>(legs);
    Stream.of(faults, recovery, skipped.stream(), Stream.of(soFar()))
        .flatMap(each -> each)
        .filter(line -> !line.isEmpty())
        .forEach(lines::add);
    return String.join("\n", lines) + "\n";
  }

  private static String line(String fault, List<RecoveryTime> recoveries) {
    return recoveries.isEmpty()
        ? ""
        : "recovery from %-28s %s".formatted(fault, RecoveryQuantiles.of(recoveries));
  }
}
