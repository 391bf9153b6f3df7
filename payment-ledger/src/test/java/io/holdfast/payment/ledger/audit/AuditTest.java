package io.holdfast.payment.ledger.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AuditTest {

  private static AuditedBooks books;

  @BeforeAll
  static void write() {
    books = new AuditedBooks();
  }

  @Test
  void run_booksAtRest_findsNothingAndHasLookedAtAll() throws SQLException {
    Findings findings = books.audit().run(books.clients);
    assertThat(findings.found()).isEmpty();
    assertThat(findings.isClean()).isTrue();
  }
}
