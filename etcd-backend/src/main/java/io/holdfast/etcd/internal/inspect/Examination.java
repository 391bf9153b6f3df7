package io.holdfast.etcd.internal.inspect;

import io.etcd.jetcd.cluster.Member;
import io.etcd.jetcd.maintenance.StatusResponse;
import io.holdfast.etcd.internal.client.Connection;
import io.holdfast.etcd.internal.client.Failures;
import io.holdfast.spi.Finding;
import io.holdfast.spi.Futures;
import io.holdfast.spi.tls.TlsProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Asks every server how it is, and the cluster who its members are. */
public final class Examination {

  /** The first without advisory GHSA-xg4h-6gfc-h4m8. */
  private static final int[] ADVISED = {3, 5, 33};

  /** Up to 3.4.23 at least. */
  private static final int[] LOCK_BUG = {3, 4, 24};

  private static final String UPGRADE = "upgrade to 3.5.33 or later";

  private final Connection connection;
  private final Duration timeout;

  public Examination(Connection connection, Duration timeout) {
    this.connection = connection;
    this.timeout = timeout;
  }

  public CompletableFuture<List<Finding>> start() {
    List<CompletableFuture<List<Finding>>> parts = new ArrayList<>();
    for (String host : connection.hosts()) {
      parts.add(
          connection
              .status(host, timeout)
              .handle(
                  (status, failure) ->
                      failure == null ? server(host, status) : List.of(silent(host, failure))));
    }
    parts.add(
        connection
            .members(timeout)
            .handle(
                (members, failure) ->
                    failure == null ? members(members) : List.of(unknown(failure))));
    return Futures.all(parts)
        .thenApply(done -> parts.stream().flatMap(part -> part.join().stream()).toList());
  }

  private static Finding silent(String host, Throwable failure) {
    String subject = "server " + host;
    Throwable cause = Futures.unwrapped(failure);
    Optional<String> tls = TlsProblem.explain(cause, host);
    if (tls.isPresent()) {
      return Finding.problem(subject, tls.get(), "change the address or the credentials");
    }
    String line = firstLine(cause);
    if (line.equals(TlsProblem.CUT_OFF)) {
      return Finding.problem(subject, line, "name its TLS port, or leave +tls out");
    }
    if (line.contains("unresolved address")) {
      String name = host.substring(0, host.lastIndexOf(':'));
      return Finding.problem(subject, "unknown host " + name, "check the name");
    }
    return Failures.refusal(cause, host).isPresent()
        ? Finding.warning(
            subject,
            "does not tell us its version, its health and who leads: writes take a detour",
            "ask as root, or look with etcdctl endpoint status")
        : Finding.problem(
            subject,
            "does not answer: " + line,
            "see whether it runs, and whether a firewall is in the way");
  }

  /** gRPC goes on with what Netty's pipeline is made of. */
  private static String firstLine(Throwable failure) {
    String line = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    return line.contains("while performing TLS negotiation") ? TlsProblem.CUT_OFF : line;
  }

  private static Finding unknown(Throwable failure) {
    return Finding.warning(
        "members",
        "not found out: " + firstLine(Futures.unwrapped(failure)),
        "look with etcdctl member list");
  }

  private static List<Finding> server(String host, StatusResponse status) {
    String subject = "server " + host;
    List<Finding> findings = new ArrayList<>();
    findings.add(version(subject, status.getVersion()));
    if (status.getLeader() == 0) {
      findings.add(
          Finding.problem(subject, "knows no leader", "see to it that a majority of servers runs"));
    }
    if (status.isLearner()) {
      findings.add(
          Finding.warning(
              subject,
              "is a learner, which serves hardly anything",
              "promote it, or do not name it"));
    }
    status.getErrorList().stream()
        .filter(error -> !error.contains("no leader"))
        .map(error -> error(subject, error))
        .forEach(findings::add);
    return findings;
  }

  /** What etcd lists as errors are alarms, and whether it knows a leader, which is told before. */
  static Finding error(String subject, String error) {
    if (error.contains("NOSPACE")) {
      return Finding.problem(
          subject,
          "is full: " + error,
          "compact, defragment, then etcdctl alarm disarm; or raise --quota-backend-bytes");
    }
    return error.contains("CORRUPT")
        ? Finding.problem(subject, "has data that differ: " + error, "replace the member")
        : Finding.problem(subject, "says: " + error, "look into its log");
  }

  static Finding version(String subject, String version) {
    String what = "etcd " + version;
    if (VersionCheck.isBelowFloor(version)) {
      boolean lockBug = VersionCheck.isBelow(version, LOCK_BUG);
      return Finding.problem(
          subject,
          what
              + " may renew or keep a lease that has ended"
              + (lockBug
                  ? ", and its own lock service grants locks on one (etcd issue 11456)"
                  : ""),
          UPGRADE + "; until then rely on fencing tokens alone");
    }
    return version.startsWith("3.5.") && VersionCheck.isBelow(version, ADVISED)
        ? Finding.warning(subject, what + " has advisory GHSA-xg4h-6gfc-h4m8", UPGRADE)
        : Finding.ok(subject, what);
  }

  private List<Finding> members(List<Member> members) {
    int named = connection.hosts().size();
    long voting = members.stream().filter(member -> !member.isLearner()).count();
    String names = members.stream().map(Member::getName).collect(Collectors.joining(", "));
    List<Finding> findings = new ArrayList<>();
    findings.add(
        members.size() == named
            ? Finding.ok("members", members.size() + ", all in the address: " + names)
            : Finding.warning(
                "members",
                "%d in the cluster (%s), %d in the address".formatted(members.size(), names, named),
                "name them all in the address"));
    if (voting % 2 == 0) {
      findings.add(
          Finding.warning(
              "majority",
              voting + " voting members stand no more failures than " + (voting - 1),
              "run an odd number"));
    }
    return findings;
  }
}
