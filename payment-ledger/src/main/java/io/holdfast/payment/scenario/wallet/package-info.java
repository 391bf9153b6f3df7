/** Wallets: accounts are opened, funded, limited, frozen and closed; money moves between them. */
@NullMarked
package io.holdfast.payment.scenario.wallet;

import org.jspecify.annotations.NullMarked;
