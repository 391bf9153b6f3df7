package io.holdfast.payment.ledger;

/** The fence in MariaDB with settings that other versions and applications have. */
class MariaDbSnapshotFenceTest extends MariaDbFenceTest {

  /** Snapshot isolation, which is on from 11.6; and the driver counts rows changed only. */
  @Override
  String freshDatabase() {
    return super.freshDatabase()
        + "&useAffectedRows=true&sessionVariables=innodb_snapshot_isolation=ON";
  }
}
