/**
 * Accounts in a database: every debit is fenced, so that a holder who was succeeded writes nothing.
 */
@NullMarked
package samples.spring.accounts;

import org.jspecify.annotations.NullMarked;
