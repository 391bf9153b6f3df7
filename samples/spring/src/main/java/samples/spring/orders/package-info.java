/** Orders: one at a time for each account, in whatever process. */
@NullMarked
package samples.spring.orders;

import org.jspecify.annotations.NullMarked;
