/**
 * Commits across resources, with the decision kept in the coordination cluster.
 *
 * <p>Read {@link io.holdfast.transaction.Transactions} first: what an application opens, and the
 * protocol with its timeline. {@link io.holdfast.transaction.Participant} and {@link
 * io.holdfast.transaction.Branch} are what a kind of resource supplies.
 */
@NullMarked
package io.holdfast.transaction;

import org.jspecify.annotations.NullMarked;
