package io.holdfast.testkit.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.holdfast.admin.AuditEntry;
import io.holdfast.admin.AuditRecord;
import io.holdfast.admin.AuditTrail;
import io.holdfast.coordination.Coordinator;
import io.holdfast.coordination.Transaction;
import io.holdfast.spi.Session;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class AuditTrailTest {

  @Test
  void list_afterMoreEntriesThanAreKept_holdsTheLatest() {
    try (Coordinator coordinator = Coordinator.connect("memory://audit/" + UUID.randomUUID())) {
      Session session = coordinator.current().orElseThrow();
      AuditTrail trail = new AuditTrail(coordinator);
      for (int i = 0; i < 520; i++) {
        AuditEntry entry = new AuditEntry("test", Integer.toString(i), "why not = & why");
        trail.noting(entry, Transaction.EMPTY, session).thenCompose(session::commit).join();
      }

      List<AuditRecord> kept = trail.list().join();
      assertThat(kept).hasSize(500);
      assertThat(kept.get(499).entry()).isEqualTo(new AuditEntry("test", "519", "why not = & why"));
      assertThat(kept.get(0).entry().subject()).isNotEqualTo("0");
    }
  }
}
