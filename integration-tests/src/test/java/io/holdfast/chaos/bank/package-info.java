/**
 * The reference cluster's ledger under chaos: payment nodes as processes, a PostgreSQL of its own,
 * any fault, and an audit at the end. Begin with {@link io.holdfast.chaos.bank.BankRun}.
 */
@NullMarked
package io.holdfast.chaos.bank;

import org.jspecify.annotations.NullMarked;
