package io.holdfast.cli.databases;

import io.holdfast.transaction.BranchList;
import io.holdfast.transaction.Participant;
import io.holdfast.transaction.jdbc.DatabaseDoctor;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * One database given on the command line.
 *
 * @param name the participant's
 * @param address without what comes after {@code ?} or {@code ;}, for people and the audit trail
 * @param source where connections come from
 * @param kind what it is
 */
public record NamedDatabase(String name, String address, DataSource source, DatabaseKind kind) {

  /** What ends its branches; empty if it prepares none. */
  Optional<Participant> participant(Duration timeout) throws SQLException {
    return kind.participant(name, source, timeout);
  }

  List<BranchList> lists(Duration timeout) {
    return kind.lists(name, source, timeout);
  }

  /** Examines it. */
  public DatabaseDoctor doctor(Duration timeout, Duration patience) {
    return kind.doctor(name, source, timeout, patience);
  }

  /** For people. */
  @Override
  public String toString() {
    return name + " (" + address + ")";
  }
}
