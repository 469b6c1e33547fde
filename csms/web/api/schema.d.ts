/** What the CSMS’s API takes and gives. Made from its OpenAPI document by `make api-types`: do not edit. */
export interface paths {
    "/api/about": {
        /** About */
        get: operations["about_api_about_get"];
    };
    "/api/adopt": {
        /**
         * Adopt
         * @description Trade a one-time code for an identity and a key. A wrong code, a used one and an old one look the same.
         */
        post: operations["adopt_api_adopt_post"];
    };
    "/api/audit/changes": {
        /**
         * Changes
         * @description Changes that operators and administrators made, newest first; `path`: those of what begins with it.
         */
        get: operations["changes_api_audit_changes_get"];
    };
    "/api/audit/check": {
        /**
         * Check
         * @description Walk the hashes of the audit log's rows: which rows were changed, deleted or put in.
         */
        get: operations["check_api_audit_check_get"];
    };
    "/api/audit/missing-energy": {
        /**
         * Missing Energy
         * @description Where a connector's register did not start where it had stopped: energy that no session accounts for.
         */
        get: operations["missing_energy_api_audit_missing_energy_get"];
    };
    "/api/auth/login": {
        /**
         * Log In
         * @description Bearer token and cookie for a person. A wrong password and an unknown person look and last the same.
         */
        post: operations["log_in_api_auth_login_post"];
    };
    "/api/auth/logout": {
        /**
         * Log Out
         * @description End this login: its tokens open nothing any more.
         */
        post: operations["log_out_api_auth_logout_post"];
    };
    "/api/auth/logout-everywhere": {
        /**
         * Log Out Everywhere
         * @description End all logins of this person.
         */
        post: operations["log_out_everywhere_api_auth_logout_everywhere_post"];
    };
    "/api/auth/me": {
        /**
         * Me
         * @description Who is logged in. A page that asks at its start keeps its cookie from running out while it is used.
         */
        get: operations["me_api_auth_me_get"];
    };
    "/api/auth/refresh": {
        /**
         * Refresh
         * @description New tokens for the refresh token of the last answer. One that was used before ends the login: it was stolen.
         */
        post: operations["refresh_api_auth_refresh_post"];
    };
    "/api/auth/register": {
        /**
         * Register
         * @description Make an account, with the house's start credit, and log in.
         */
        post: operations["register_api_auth_register_post"];
    };
    "/api/auth/resetPassword": {
        /**
         * Reset Password
         * @description Set a new password with the token from the mail: once, and every login ends. JSON, or the form of the page.
         */
        post: operations["reset_password_api_auth_resetPassword_post"];
    };
    "/api/auth/resetPasswordPage": {
        /**
         * Reset Password Page
         * @description The form that the link in the mail opens.
         */
        get: operations["reset_password_page_api_auth_resetPasswordPage_get"];
    };
    "/api/auth/resetPasswordToken": {
        /**
         * Reset Password Token
         * @description Send a link to set a new password. The answer is the same whether or not there is such an account.
         */
        post: operations["reset_password_token_api_auth_resetPasswordToken_post"];
    };
    "/api/auth/validateToken": {
        /** Validate Token */
        get: operations["validate_token_api_auth_validateToken_get"];
    };
    "/api/cards": {
        /** Everything */
        get: operations["everything_api_cards_get"];
        /**
         * Create
         * @description Enrol a card. IdTags are compared without regard to case, and kept in upper case.
         */
        post: operations["create_api_cards_post"];
    };
    "/api/cards/{id_tag}": {
        /**
         * One
         * @description A driver sees their own cards.
         */
        get: operations["one_api_cards__id_tag__get"];
        /**
         * Change
         * @description Block it, let it go again, say when it is good and with which others it goes. Counts at the next tap.
         */
        patch: operations["change_api_cards__id_tag__patch"];
    };
    "/api/cards/{id_tag}/budgets": {
        /**
         * Limits
         * @description A driver sees those of their own cards.
         */
        get: operations["limits_api_cards__id_tag__budgets_get"];
        /**
         * Set Limits
         * @description These and no others; at most one a period. Nothing left of one: the card is refused, and charging ends.
         */
        put: operations["set_limits_api_cards__id_tag__budgets_put"];
    };
    "/api/cards/mine": {
        /** Mine */
        get: operations["mine_api_cards_mine_get"];
    };
    "/api/charge-points": {
        /** Everything */
        get: operations["everything_api_charge_points_get"];
        /**
         * Create
         * @description Make a charge point that connects directly, with a key of its own.
         */
        post: operations["create_api_charge_points_post"];
    };
    "/api/charge-points/{identity}": {
        /** One */
        get: operations["one_api_charge_points__identity__get"];
        /**
         * Change
         * @description Name, price, position, description, operators' notes; dismissed hides it from drivers and keeps its history.
         */
        patch: operations["change_api_charge_points__identity__patch"];
    };
    "/api/charge-points/{identity}/authorization-key": {
        /**
         * Change Key
         * @description Make a new AuthorizationKey and send it. Accepted: the one before opens nothing any more; RebootRequired, or no
         *     answer: both do, until the charge point has come with one of them. Nobody is shown the key.
         */
        post: operations["change_key_api_charge_points__identity__authorization_key_post"];
    };
    "/api/charge-points/{identity}/availability": {
        /**
         * Availability
         * @description ChangeAvailability: maintenance on and off. Scheduled means: when the running transaction has ended.
         */
        post: operations["availability_api_charge_points__identity__availability_post"];
    };
    "/api/charge-points/{identity}/certificates": {
        /**
         * Issued
         * @description Those of its own that our authority has issued, newest first.
         */
        get: operations["issued_api_charge_points__identity__certificates_get"];
    };
    "/api/charge-points/{identity}/certificates/{certificate_id}/revoke": {
        /**
         * Revoke
         * @description It opens no socket any more; one that is open stays until the charge point is reset.
         */
        post: operations["revoke_api_charge_points__identity__certificates__certificate_id__revoke_post"];
    };
    "/api/charge-points/{identity}/charging-profiles": {
        /**
         * Set Profile
         * @description SetChargingProfile.
         */
        put: operations["set_profile_api_charge_points__identity__charging_profiles_put"];
    };
    "/api/charge-points/{identity}/charging-profiles/clear": {
        /**
         * Clear Profiles
         * @description ClearChargingProfile. Unknown: none fitted.
         */
        post: operations["clear_profiles_api_charge_points__identity__charging_profiles_clear_post"];
    };
    "/api/charge-points/{identity}/clear-cache": {
        /**
         * Forget Cards
         * @description ClearCache: cards are asked for again.
         */
        post: operations["forget_cards_api_charge_points__identity__clear_cache_post"];
    };
    "/api/charge-points/{identity}/composite-schedule": {
        /**
         * Composite Schedule
         * @description GetCompositeSchedule: what all profiles come to from now on.
         */
        get: operations["composite_schedule_api_charge_points__identity__composite_schedule_get"];
    };
    "/api/charge-points/{identity}/configuration": {
        /**
         * Configuration
         * @description GetConfiguration: all keys, or those named.
         */
        get: operations["configuration_api_charge_points__identity__configuration_get"];
        /**
         * Configure
         * @description ChangeConfiguration. AuthorizationKey is not set here, as the key would be lost to us; nor is SecurityProfile
         *     raised, as we would not know of it. That it is lowered the charge point itself must refuse.
         */
        patch: operations["configure_api_charge_points__identity__configuration_patch"];
    };
    "/api/charge-points/{identity}/connectors/{connector_id}": {
        /**
         * Change Connector
         * @description Its type, of the catalogue, and the most it gives. If-Match: the ETag of the whole charge point.
         */
        patch: operations["change_connector_api_charge_points__identity__connectors__connector_id__patch"];
    };
    "/api/charge-points/{identity}/connectors/{connector_id}/remote-start": {
        /**
         * Start
         * @description Ask the charge point to start. Accepted means it will try; the session says that it did.
         */
        post: operations["start_api_charge_points__identity__connectors__connector_id__remote_start_post"];
    };
    "/api/charge-points/{identity}/connectors/{connector_id}/tariff": {
        /**
         * In Force
         * @description The price of a session that starts now.
         */
        get: operations["in_force_api_charge_points__identity__connectors__connector_id__tariff_get"];
    };
    "/api/charge-points/{identity}/data-transfer": {
        /**
         * Transfer
         * @description DataTransfer: what it means is between the vendor and you.
         */
        post: operations["transfer_api_charge_points__identity__data_transfer_post"];
    };
    "/api/charge-points/{identity}/firmware-updates": {
        /**
         * Everything
         * @description Newest first; the last twenty are kept.
         */
        get: operations["everything_api_charge_points__identity__firmware_updates_get"];
        /**
         * Ask
         * @description UpdateFirmware: fetch an image and install it. The charge point waits for its sessions to end; how it goes it
         *     tells later: see the list of updates.
         */
        post: operations["ask_api_charge_points__identity__firmware_updates_post"];
    };
    "/api/charge-points/{identity}/installed-certificates": {
        /**
         * Installed
         * @description GetInstalledCertificateIds: the roots it holds. NotFound: none of this type.
         */
        get: operations["installed_api_charge_points__identity__installed_certificates_get"];
        /**
         * Install
         * @description InstallCertificate: a root to verify us, or firmware, by. Rejected or Failed: it did not take it.
         */
        post: operations["install_api_charge_points__identity__installed_certificates_post"];
    };
    "/api/charge-points/{identity}/installed-certificates/delete": {
        /**
         * Delete
         * @description DeleteCertificate. Failed: it is in use.
         */
        post: operations["delete_api_charge_points__identity__installed_certificates_delete_post"];
    };
    "/api/charge-points/{identity}/key": {
        /**
         * Make Key
         * @description A new AuthorizationKey for one that is locked out: it is shown this once, to be entered at the charge point by
         *     hand. From now on it alone opens the socket, by any security profile; a connection that stands stays.
         */
        post: operations["make_key_api_charge_points__identity__key_post"];
    };
    "/api/charge-points/{identity}/local-list": {
        /**
         * Local List
         * @description What the charge point has accepted last; its status says how that went.
         */
        get: operations["local_list_api_charge_points__identity__local_list_get"];
    };
    "/api/charge-points/{identity}/local-list/sync": {
        /**
         * Sync Local List
         * @description Bring the list in step with the cards now; it also happens by itself.
         */
        post: operations["sync_local_list_api_charge_points__identity__local_list_sync_post"];
    };
    "/api/charge-points/{identity}/messages": {
        /**
         * Messages
         * @description Newest first, the last 200 since the start of the centre; `after`: only those with a higher number.
         */
        get: operations["messages_api_charge_points__identity__messages_get"];
    };
    "/api/charge-points/{identity}/qr-sheet.pdf": {
        /**
         * Of Charge Point
         * @description All connectors of a charge point, on A4.
         */
        get: operations["of_charge_point_api_charge_points__identity__qr_sheet_pdf_get"];
    };
    "/api/charge-points/{identity}/registration": {
        /** One */
        get: operations["one_api_charge_points__identity__registration_get"];
        /**
         * Change
         * @description From its next BootNotification on; one that waits at this moment is looked at at once. While it waits nothing is
         *     started or stopped there from afar. Settings that it has taken it is not told again, unless it has other firmware.
         */
        put: operations["change_api_charge_points__identity__registration_put"];
    };
    "/api/charge-points/{identity}/reset": {
        /**
         * Restart
         * @description Reset; its next BootNotification says that it has.
         */
        post: operations["restart_api_charge_points__identity__reset_post"];
    };
    "/api/charge-points/{identity}/security": {
        /**
         * One
         * @description How it proves who it is: its security profile, and whether a new key is on its way.
         */
        get: operations["one_api_charge_points__identity__security_get"];
    };
    "/api/charge-points/{identity}/security-events": {
        /**
         * Events
         * @description What it has said of its security, newest first.
         */
        get: operations["events_api_charge_points__identity__security_events_get"];
    };
    "/api/charge-points/{identity}/security-profile": {
        /**
         * Raise Profile
         * @description ChangeConfiguration of SecurityProfile, upwards only. Once it has come by it, less opens nothing any more.
         */
        post: operations["raise_profile_api_charge_points__identity__security_profile_post"];
    };
    "/api/charge-points/{identity}/signed-updates": {
        /**
         * Updates
         * @description Signed firmware that it was told to fetch, newest first, and how far it came.
         */
        get: operations["updates_api_charge_points__identity__signed_updates_get"];
        /**
         * Update
         * @description SignedUpdateFirmware: firmware from an address, checked by the charge point with certificate and signature.
         */
        post: operations["update_api_charge_points__identity__signed_updates_post"];
    };
    "/api/charge-points/{identity}/tariff": {
        /**
         * Assign
         * @description From now on this tariff holds at the charge point, or at one connector of it; null takes it away again.
         */
        put: operations["assign_api_charge_points__identity__tariff_put"];
    };
    "/api/charge-points/{identity}/trigger": {
        /**
         * Trigger
         * @description TriggerMessage; the message comes after the answer.
         */
        post: operations["trigger_api_charge_points__identity__trigger_post"];
    };
    "/api/charge-points/{identity}/unlock": {
        /**
         * Unlock
         * @description UnlockConnector; a transaction that runs there ends first.
         */
        post: operations["unlock_api_charge_points__identity__unlock_post"];
    };
    "/api/charge-points/{identity}/uploads": {
        /**
         * Everything
         * @description Newest first; the last twenty are kept.
         */
        get: operations["everything_api_charge_points__identity__uploads_get"];
        /**
         * Ask
         * @description Ask for a file: GetDiagnostics, or GetLog for a log. It comes later; see the list of uploads.
         */
        post: operations["ask_api_charge_points__identity__uploads_post"];
    };
    "/api/charge-points/{identity}/uploads/{upload_id}/file": {
        /**
         * File
         * @description The file as it came. A browser saves it: it is no page of ours.
         */
        get: operations["file_api_charge_points__identity__uploads__upload_id__file_get"];
    };
    "/api/connector": {
        /**
         * Catalogue
         * @description The types of connectors: name, current, and the most kW a type is made for.
         */
        get: operations["catalogue_api_connector_get"];
    };
    "/api/connectors/{code}": {
        /**
         * By Code
         * @description Whose code this is: any case, blanks and hyphens as people type them.
         */
        get: operations["by_code_api_connectors__code__get"];
    };
    "/api/connectors/{code}/ndef": {
        /**
         * Ndef
         * @description The link as the NDEF message of an NFC sticker.
         */
        get: operations["ndef_api_connectors__code__ndef_get"];
    };
    "/api/connectors/{code}/qr.svg": {
        /**
         * Svg
         * @description The connector's link as a QR code.
         */
        get: operations["svg_api_connectors__code__qr_svg_get"];
    };
    "/api/events": {
        /**
         * Events
         * @description A driver hears of their own sessions, an operator of their sites. Ends with the login, at the latest.
         *
         *     A driver, and who asks to hear what one does, also hears how charge points are, once a second at most, as anybody
         *     may see them: `event: PlacesChanged`, with the changed ones as `places`.
         */
        get: operations["events_api_events_get"];
    };
    "/api/exports/sessions.csv": {
        /**
         * Sessions
         * @description All sessions that one may see, newest first, as CSV.
         */
        get: operations["sessions_api_exports_sessions_csv_get"];
    };
    "/api/exports/sessions.parquet": {
        /**
         * Sessions Parquet
         * @description All sessions that one may see, newest first, as Parquet: for programs that reckon with many.
         */
        get: operations["sessions_parquet_api_exports_sessions_parquet_get"];
    };
    "/api/exports/sessions/{transaction_id}/samples.csv": {
        /**
         * Samples
         * @description The meter series of one session as CSV.
         */
        get: operations["samples_api_exports_sessions__transaction_id__samples_csv_get"];
    };
    "/api/exports/sessions/{transaction_id}/samples.parquet": {
        /**
         * Samples Parquet
         * @description The meter series of one session as Parquet.
         */
        get: operations["samples_parquet_api_exports_sessions__transaction_id__samples_parquet_get"];
    };
    "/api/firmware-images": {
        /**
         * Images
         * @description Newest first; they are everybody's who looks after charge points.
         */
        get: operations["images_api_firmware_images_get"];
        /**
         * Upload
         * @description The image is the body, as it is: at most 20 MB. The last part of its address will be `file_name`.
         */
        post: operations["upload_api_firmware_images_post"];
    };
    "/api/firmware-images/{image_id}": {
        /**
         * Delete
         * @description Who has not fetched it yet finds nothing any more.
         */
        delete: operations["delete_api_firmware_images__image_id__delete"];
    };
    "/api/firmware/{token}/{file_name}": {
        /**
         * Fetch
         * @description Where a charge point fetches the image it was told to install.
         */
        get: operations["fetch_api_firmware__token___file_name__get"];
    };
    "/api/heartbeat/{connector_id}": {
        /**
         * Heartbeat
         * @description How a connector is, and when its charge point was last heard of.
         */
        get: operations["heartbeat_api_heartbeat__connector_id__get"];
    };
    "/api/notifications": {
        /**
         * Inbox
         * @description One's own, newest first.
         */
        get: operations["inbox_api_notifications_get"];
    };
    "/api/notifications/{notification_id}/read": {
        /**
         * Read
         * @description Mark one as read.
         */
        post: operations["read_api_notifications__notification_id__read_post"];
    };
    "/api/notifications/read": {
        /**
         * Read All
         * @description Mark all as read.
         */
        post: operations["read_all_api_notifications_read_post"];
    };
    "/api/notifications/settings": {
        /** Settings */
        get: operations["settings_api_notifications_settings_get"];
        /**
         * Change
         * @description Which kinds reach one, on which ways, and from when on the battery and the credit are worth a word.
         */
        put: operations["change_api_notifications_settings_put"];
    };
    "/api/overview": {
        /**
         * Today
         * @description Of the sites that one manages: what has ended today, and what waits for somebody to look.
         */
        get: operations["today_api_overview_get"];
    };
    "/api/payments/callback": {
        /**
         * Callback
         * @description For the payment provider: what became of a payment. Signed; the same word twice counts once.
         */
        post: operations["callback_api_payments_callback_post"];
    };
    "/api/problems": {
        /**
         * Everything
         * @description Newest first.
         */
        get: operations["everything_api_problems_get"];
    };
    "/api/problems/{problem_id}/close": {
        /**
         * Close
         * @description Somebody has looked; what was found goes into `note`.
         */
        post: operations["close_api_problems__problem_id__close_post"];
    };
    "/api/push-key": {
        /**
         * Push Key
         * @description What a page subscribes with (VAPID).
         */
        get: operations["push_key_api_push_key_get"];
    };
    "/api/push-subscriptions": {
        /** Browsers */
        get: operations["browsers_api_push_subscriptions_get"];
        /**
         * Subscribe
         * @description Push messages to this browser. What JSON.stringify(subscription) gives is taken as it is.
         */
        post: operations["subscribe_api_push_subscriptions_post"];
    };
    "/api/push-subscriptions/{subscription_id}": {
        /** Unsubscribe */
        delete: operations["unsubscribe_api_push_subscriptions__subscription_id__delete"];
    };
    "/api/quarantine": {
        /**
         * Everything
         * @description Newest first; X-Total-Count says how many there are.
         */
        get: operations["everything_api_quarantine_get"];
    };
    "/api/reservations": {
        /**
         * Mine
         * @description One's own, newest first.
         */
        get: operations["mine_api_reservations_get"];
    };
    "/api/reservations/{reservation_id}/cancel": {
        /**
         * Cancel
         * @description Let a connector go that somebody keeps. A charge point that is away is told when it comes back.
         */
        post: operations["cancel_api_reservations__reservation_id__cancel_post"];
    };
    "/api/reservations/everyones": {
        /**
         * Everyones
         * @description Newest first; `standing`: only those that hold now.
         */
        get: operations["everyones_api_reservations_everyones_get"];
    };
    "/api/sandbox/payments/{reference}": {
        /**
         * Sandbox
         * @description In place of a bank's page, only with the sandbox: say how one's own payment ends.
         */
        post: operations["sandbox_api_sandbox_payments__reference__post"];
    };
    "/api/sessions": {
        /**
         * Everything
         * @description Newest first; X-Total-Count says how many there are. `search`: in charge point, card and driver's address.
         */
        get: operations["everything_api_sessions_get"];
    };
    "/api/sessions/{transaction_id}": {
        /**
         * One
         * @description With its meter series, the newest 5,000 points.
         */
        get: operations["one_api_sessions__transaction_id__get"];
    };
    "/api/sessions/{transaction_id}/bill": {
        /**
         * Bill
         * @description Of a running session: what it comes to now.
         */
        get: operations["bill_api_sessions__transaction_id__bill_get"];
    };
    "/api/sessions/{transaction_id}/corrections": {
        /**
         * Everything
         * @description Oldest first.
         */
        get: operations["everything_api_sessions__transaction_id__corrections_get"];
        /**
         * Correct
         * @description Give some of a bill back, or charge more, with a reason that the driver sees. Never back more than was paid.
         */
        post: operations["correct_api_sessions__transaction_id__corrections_post"];
    };
    "/api/sessions/{transaction_id}/receipt": {
        /**
         * Receipt
         * @description A page to print or keep, of a session that has ended.
         */
        get: operations["receipt_api_sessions__transaction_id__receipt_get"];
    };
    "/api/sessions/{transaction_id}/receipt.pdf": {
        /**
         * Receipt Pdf
         * @description The same to keep, with what was given back since.
         */
        get: operations["receipt_pdf_api_sessions__transaction_id__receipt_pdf_get"];
    };
    "/api/sessions/{transaction_id}/remote-stop": {
        /**
         * Stop
         * @description Ask the charge point to stop. Accepted means it will; the session says that it did.
         */
        post: operations["stop_api_sessions__transaction_id__remote_stop_post"];
    };
    "/api/settings": {
        /** Everything */
        get: operations["everything_api_settings_get"];
        /**
         * Change
         * @description From now on. What is left out stays as it is; null takes back what was changed here, to what the file says.
         */
        patch: operations["change_api_settings_patch"];
    };
    "/api/site/charge-points": {
        /**
         * Announce
         * @description The controller's list of charge points. New ones appear as Undefined until their first message; none goes.
         */
        put: operations["announce_api_site_charge_points_put"];
    };
    "/api/sites": {
        /** Everything */
        get: operations["everything_api_sites_get"];
        /** Create */
        post: operations["create_api_sites_post"];
    };
    "/api/sites/{site_id}": {
        /** One */
        get: operations["one_api_sites__site_id__get"];
        /**
         * Change
         * @description Displays of charge points that are connected learn a new emergency number at once, others when they come.
         */
        patch: operations["change_api_sites__site_id__patch"];
    };
    "/api/sites/{site_id}/adoption-codes": {
        /**
         * New Adoption Code
         * @description A code that one controller may use once within 15 minutes, to become this site's.
         */
        post: operations["new_adoption_code_api_sites__site_id__adoption_codes_post"];
    };
    "/api/sites/{site_id}/availability": {
        /**
         * Availability
         * @description ChangeAvailability of all its charge points. Scheduled: some are away, or have a transaction that ends first.
         */
        post: operations["availability_api_sites__site_id__availability_post"];
    };
    "/api/sites/{site_id}/controller": {
        /** Controller */
        get: operations["controller_api_sites__site_id__controller_get"];
    };
    "/api/sites/{site_id}/limit": {
        /**
         * Limit Site
         * @description SetChargingProfile of a ChargePointMaxProfile for the whole site, or its ClearChargingProfile (then Unknown means
         *     that there was none). The controller shares it out, and keeps the lower of it and its fuse.
         */
        put: operations["limit_site_api_sites__site_id__limit_put"];
    };
    "/api/sites/{site_id}/meter-values": {
        /**
         * Meter Values
         * @description Of the site's meter, oldest first: from `since` on, else the newest.
         */
        get: operations["meter_values_api_sites__site_id__meter_values_get"];
    };
    "/api/sites/{site_id}/on-site-account": {
        /**
         * Account
         * @description At first who made the code with which the controller was adopted. Null: nobody pays.
         */
        get: operations["account_api_sites__site_id__on_site_account_get"];
        /**
         * Set Account
         * @description It gets a card of its own, which the controller is told at once or when it is back; the one before is blocked.
         */
        put: operations["set_account_api_sites__site_id__on_site_account_put"];
    };
    "/api/sites/{site_id}/operators": {
        /**
         * Operators
         * @description Who manages it, beside administrators; PUT /api/users/{user_id}/sites says so.
         */
        get: operations["operators_api_sites__site_id__operators_get"];
    };
    "/api/sites/{site_id}/qr-sheet.pdf": {
        /**
         * Of Site
         * @description All connectors of a site, fifteen to a page.
         */
        get: operations["of_site_api_sites__site_id__qr_sheet_pdf_get"];
    };
    "/api/start": {
        /**
         * Start
         * @description As POST /api/station/{id}/start_charging.
         */
        post: operations["start_api_start_post"];
    };
    "/api/station": {
        /**
         * Stations
         * @description Charge points, nearest first where a position is given. Type, least power and `free` are met by one connector.
         */
        get: operations["stations_api_station_get"];
        /**
         * Create
         * @description A charge point that connects directly, with a key of its own.
         */
        post: operations["create_api_station_post"];
        /**
         * Change
         * @description Dismissed hides it from drivers and keeps its history.
         */
        patch: operations["change_api_station_patch"];
    };
    "/api/station/{identity}": {
        /** Station */
        get: operations["station_api_station__identity__get"];
    };
    "/api/station/{identity}/cancel_reservation": {
        /**
         * Cancel
         * @description Let it go. A charge point that is away is told when it comes back.
         */
        post: operations["cancel_api_station__identity__cancel_reservation_post"];
    };
    "/api/station/{identity}/last_charge": {
        /**
         * Last Charge
         * @description Public; null if there was none.
         */
        get: operations["last_charge_api_station__identity__last_charge_get"];
    };
    "/api/station/{identity}/last_reservation": {
        /**
         * Last Reservation
         * @description Public; null if there was none.
         */
        get: operations["last_reservation_api_station__identity__last_reservation_get"];
    };
    "/api/station/{identity}/problems": {
        /**
         * Report
         * @description Nobody needs to be logged in for it. Who is, is named to the operators.
         */
        post: operations["report_api_station__identity__problems_post"];
    };
    "/api/station/{identity}/reserve": {
        /**
         * Reserve
         * @description Keep a connector free for oneself. Pending: the charge point is away, and is told when it comes back.
         */
        post: operations["reserve_api_station__identity__reserve_post"];
    };
    "/api/station/{identity}/start_charging": {
        /**
         * Start Charging
         * @description Ask the charge point to start for oneself: at one's reservation, the connector named, or the first that can.
         */
        post: operations["start_charging_api_station__identity__start_charging_post"];
    };
    "/api/station/{identity}/stop_charging": {
        /**
         * Stop Charging
         * @description Ask the charge point to end one's own charging there.
         */
        post: operations["stop_charging_api_station__identity__stop_charging_post"];
    };
    "/api/station/report": {
        /**
         * Report
         * @description Of this year, or another: by month, charge point and tariff, each site's months in its own time zone.
         */
        get: operations["report_api_station_report_get"];
    };
    "/api/station/report.csv": {
        /**
         * As Csv
         * @description One table: a row for each month, charge point and tariff, for the whole, and for each month of a charge point and
         *     of a tariff in which there was anything.
         */
        get: operations["as_csv_api_station_report_csv_get"];
    };
    "/api/station/report.pdf": {
        /**
         * As Pdf
         * @description To print and file.
         */
        get: operations["as_pdf_api_station_report_pdf_get"];
    };
    "/api/stop": {
        /**
         * Stop
         * @description As POST /api/station/{id}/stop_charging.
         */
        post: operations["stop_api_stop_post"];
    };
    "/api/system": {
        /**
         * System
         * @description For those who run it. Sites are those that one manages.
         */
        get: operations["system_api_system_get"];
    };
    "/api/system/heads": {
        /**
         * Heads
         * @description What the running hashes of controllers' books are at, as they told when they last compared them with ours.
         */
        get: operations["heads_api_system_heads_get"];
    };
    "/api/tariff-uses": {
        /**
         * Everything
         * @description At the charge points that one manages.
         */
        get: operations["everything_api_tariff_uses_get"];
    };
    "/api/tariffs": {
        /** Everything */
        get: operations["everything_api_tariffs_get"];
        /** Create */
        post: operations["create_api_tariffs_post"];
    };
    "/api/tariffs/{tariff_id}": {
        /** One */
        get: operations["one_api_tariffs__tariff_id__get"];
        /**
         * Revise
         * @description From now on. Running sessions keep the price they started with.
         */
        put: operations["revise_api_tariffs__tariff_id__put"];
    };
    "/api/tariffs/preview": {
        /**
         * Preview
         * @description The bill of a session that charges evenly, then stands. Nothing is booked.
         */
        post: operations["preview_api_tariffs_preview_post"];
    };
    "/api/top-ups": {
        /** Everything */
        get: operations["everything_api_top_ups_get"];
        /**
         * Begin
         * @description Ask for a payment. `pay_url` is where to pay; the credit is there when the provider has said so.
         */
        post: operations["begin_api_top_ups_post"];
    };
    "/api/top-ups/{top_up_id}": {
        /** One */
        get: operations["one_api_top_ups__top_up_id__get"];
    };
    "/api/uploads/{token}": {
        /**
         * Receive
         * @description Where a charge point sends the file it was asked for. Sending again replaces what came before.
         */
        put: operations["receive_api_uploads__token__put"];
        /**
         * Receive
         * @description Where a charge point sends the file it was asked for. Sending again replaces what came before.
         */
        post: operations["receive_api_uploads__token__post"];
    };
    "/api/uploads/{token}/{file_name}": {
        /**
         * Receive Named
         * @description The same, for charge points that put the file's name behind the address.
         */
        put: operations["receive_named_api_uploads__token___file_name__put"];
        /**
         * Receive Named
         * @description The same, for charge points that put the file's name behind the address.
         */
        post: operations["receive_named_api_uploads__token___file_name__post"];
    };
    "/api/user": {
        /** Profile */
        get: operations["profile_api_user_get"];
        /**
         * Leave
         * @description Delete the account: cards, vehicles and name are gone, bookings and sessions stay without the person.
         */
        delete: operations["leave_api_user_delete"];
        /**
         * Change
         * @description A new password ends every login, this one too.
         */
        patch: operations["change_api_user_patch"];
    };
    "/api/user/{user_id}/set_user_admin": {
        /**
         * Set User Admin
         * @description Make somebody administrator, or driver again; the last administrator stays one.
         */
        patch: operations["set_user_admin_api_user__user_id__set_user_admin_patch"];
    };
    "/api/user/all": {
        /** Everyone */
        get: operations["everyone_api_user_all_get"];
    };
    "/api/user/charging": {
        /**
         * Charging
         * @description One's running sessions, newest first: one, as a rule, or none.
         */
        get: operations["charging_api_user_charging_get"];
    };
    "/api/user/charging/{transaction_id}/car": {
        /**
         * Say
         * @description Of one's running session, from now on; null if the battery cannot be told from it either.
         */
        put: operations["say_api_user_charging__transaction_id__car_put"];
    };
    "/api/user/charging/{transaction_id}/limit": {
        /**
         * Change
         * @description Of one's running session, in place of what was said before. Conflict if it has come to that already.
         */
        put: operations["change_api_user_charging__transaction_id__limit_put"];
        /**
         * Remove
         * @description It goes on until somebody stops it or the car is full.
         */
        delete: operations["remove_api_user_charging__transaction_id__limit_delete"];
    };
    "/api/user/charging/events": {
        /**
         * Events
         * @description `event: Charging`: that list as `running`, at each change and at first; `event: TransactionEnded`: its bill.
         */
        get: operations["events_api_user_charging_events_get"];
    };
    "/api/user/export": {
        /** Export */
        get: operations["export_api_user_export_get"];
    };
    "/api/user/last_usage": {
        /**
         * Last Usage
         * @description One's newest session; null if there was none.
         */
        get: operations["last_usage_api_user_last_usage_get"];
    };
    "/api/users": {
        /**
         * Everyone
         * @description `search`: in address and name.
         */
        get: operations["everyone_api_users_get"];
        /** Create */
        post: operations["create_api_users_post"];
    };
    "/api/users/{user_id}": {
        /** One */
        get: operations["one_api_users__user_id__get"];
    };
    "/api/users/{user_id}/balance": {
        /**
         * Balance
         * @description One's own; an administrator may see anyone's.
         */
        get: operations["balance_api_users__user_id__balance_get"];
    };
    "/api/users/{user_id}/cards": {
        /** Their Cards */
        get: operations["their_cards_api_users__user_id__cards_get"];
    };
    "/api/users/{user_id}/credits": {
        /**
         * Credit
         * @description Give credit, or with a negative amount take some back; a booking in the ledger either way.
         */
        post: operations["credit_api_users__user_id__credits_post"];
    };
    "/api/users/{user_id}/movements": {
        /**
         * Movements
         * @description Newest first. Together they are the balance.
         */
        get: operations["movements_api_users__user_id__movements_get"];
    };
    "/api/users/{user_id}/sites": {
        /**
         * Their Sites
         * @description Ids of the sites that an operator manages; of an administrator none, since it is every one.
         */
        get: operations["their_sites_api_users__user_id__sites_get"];
        /**
         * Set Sites
         * @description These sites an operator manages, and no others. With none they are a driver again. ETags are of the list.
         */
        put: operations["set_sites_api_users__user_id__sites_put"];
    };
    "/api/vehicles": {
        /** Everything */
        get: operations["everything_api_vehicles_get"];
        /** Create */
        post: operations["create_api_vehicles_post"];
    };
    "/api/vehicles/{vehicle_id}": {
        /** One */
        get: operations["one_api_vehicles__vehicle_id__get"];
        /** Change */
        put: operations["change_api_vehicles__vehicle_id__put"];
        /** Remove */
        delete: operations["remove_api_vehicles__vehicle_id__delete"];
    };
    "/api/wallet": {
        /** Wallet */
        get: operations["wallet_api_wallet_get"];
    };
    "/api/wallet/movements": {
        /**
         * Movements
         * @description Newest first. Together they are the balance.
         */
        get: operations["movements_api_wallet_movements_get"];
    };
    "/healthz": {
        /**
         * Health
         * @description Alive, and the database answers.
         */
        get: operations["health_healthz_get"];
    };
    "/metrics": {
        /**
         * Metrics
         * @description For Prometheus: from this machine, or with the token of the setting metrics_token_file.
         */
        get: operations["metrics_metrics_get"];
    };
    "/readyz": {
        /**
         * Ready
         * @description Able to work: it reads, and it commits. 503 and the reason if not.
         */
        get: operations["ready_readyz_get"];
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** About */
        About: {
            /** Currency */
            currency: string;
            /** Default Price Cents Per Kwh */
            default_price_cents_per_kwh: number;
            /** Emergency Number */
            emergency_number: string;
            /** Map Attribution */
            map_attribution: string;
            /** Map Tiles Url */
            map_tiles_url: string;
            /** Password Reset */
            password_reset: boolean;
            /** Registration */
            registration: boolean;
            /** Reservation Minutes */
            reservation_minutes: number;
            /** Start Credit Cents */
            start_credit_cents: number;
            /** Top Up */
            top_up: boolean;
        };
        /**
         * AdminFlag
         * @example {
         *       "is_admin": true
         *     }
         */
        AdminFlag: {
            /** Is Admin */
            is_admin: boolean;
        };
        /** Adopted */
        Adopted: {
            /** Ca */
            ca: string | null;
            /** Identity */
            identity: string;
            /** Ocpp Url */
            ocpp_url: string;
            site: components["schemas"]["Site"];
            /** Site Key */
            site_key: string;
        };
        /**
         * Adoption
         * @example {
         *       "code": "ABCD2345",
         *       "kind": "local_controller",
         *       "name": "The Pi",
         *       "serial": "10000000a1b2c3d4"
         *     }
         */
        Adoption: {
            /** Code */
            code: string;
            /**
             * Kind
             * @constant
             */
            kind: "local_controller";
            /** Name */
            name?: string | null;
            /** Serial */
            serial: string;
        };
        /** AdoptionCode */
        AdoptionCode: {
            /** Code */
            code: string;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
        };
        /** Announced */
        Announced: {
            /**
             * Connectors
             * @default 1
             */
            connectors?: number;
            /** Identity */
            identity: string;
            /** Serial */
            serial?: string | null;
        };
        /**
         * Announcement
         * @example {
         *       "charge_points": [
         *         {
         *           "connectors": 2,
         *           "identity": "harbour-CP1",
         *           "serial": "B1"
         *         }
         *       ]
         *     }
         */
        Announcement: {
            /** Charge Points */
            charge_points: components["schemas"]["Announced"][];
        };
        /**
         * Assignment
         * @example {
         *       "connector_id": 1,
         *       "tariff_id": 1
         *     }
         */
        Assignment: {
            /**
             * Connector Id
             * @default 0
             */
            connector_id?: number;
            /** Tariff Id */
            tariff_id: number | null;
        };
        /**
         * AuditCheck
         * @description Field names are those of the HTTP API.
         */
        AuditCheck: {
            /** Findings */
            findings: string[];
            head: components["schemas"]["AuditHead"] | null;
            /** Rows */
            rows: number;
        };
        /**
         * AuditHead
         * @description Where the audit log ends: to be noted down elsewhere. Field names are those of the HTTP API.
         */
        AuditHead: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Hash */
            hash: string;
            /** Id */
            id: number;
        };
        /**
         * Availability
         * @example {
         *       "connector_id": 1,
         *       "type": "Inoperative"
         *     }
         */
        Availability: {
            /**
             * Connector Id
             * @default 0
             */
            connector_id?: number;
            /**
             * Type
             * @enum {string}
             */
            type: "Operative" | "Inoperative";
        };
        /**
         * Balance
         * @description Field names are those of the HTTP API.
         */
        Balance: {
            /** Balance Cents */
            balance_cents: number;
            /** Held Cents */
            held_cents: number;
        };
        /**
         * Battery
         * @description Field names are those of the HTTP API. None where nobody knows.
         */
        Battery: {
            /** Capacity Wh */
            capacity_wh: number | null;
            /** Measured */
            measured: boolean;
            /** Minutes Left */
            minutes_left: number | null;
            /** Soc Percent */
            soc_percent: number | null;
            /** Target Soc Percent */
            target_soc_percent: number;
        };
        /** Bill */
        Bill: {
            /**
             * Flags
             * @default []
             */
            flags: string[];
            /**
             * Lines
             * @default []
             */
            lines: components["schemas"]["Line"][];
            /** Total Cents */
            total_cents: number;
            /** Vat Cents */
            vat_cents: number;
        };
        /**
         * BookedCorrection
         * @description Field names are those of the HTTP API. `amount_cents` went to the driver; below 0: was charged in addition.
         */
        BookedCorrection: {
            /** Amount Cents */
            amount_cents: number;
            /**
             * Booked At
             * Format: date-time
             */
            booked_at: string;
            /** Booked By */
            booked_by: string | null;
            /** Booking Id */
            booking_id: number;
            /** Reason */
            reason: string;
        };
        /**
         * BrowserForm
         * @description As a browser's PushSubscription says it, with whatever else it says.
         * @example {
         *       "endpoint": "https://updates.push.services.mozilla.com/wpush/v2/abc",
         *       "keys": {
         *         "auth": "BTBZMqHH6r4Tts7J_aSIgg",
         *         "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
         *       }
         *     }
         */
        BrowserForm: {
            /** Endpoint */
            endpoint: string;
            keys: components["schemas"]["BrowserKeys"];
        };
        /** BrowserKeys */
        BrowserKeys: {
            /** Auth */
            auth: string;
            /** P256Dh */
            p256dh: string;
        };
        /**
         * Budget
         * @description Field names are those of the HTTP API. None: no limit of that kind.
         */
        Budget: {
            /** Most Cents */
            most_cents: number | null;
            /** Most Wh */
            most_wh: number | null;
            /**
             * Period
             * @enum {string}
             */
            period: "day" | "week" | "month";
        };
        /** BudgetForm */
        BudgetForm: {
            /** Most Cents */
            most_cents?: number | null;
            /** Most Wh */
            most_wh?: number | null;
            /**
             * Period
             * @enum {string}
             */
            period: "day" | "week" | "month";
        };
        /**
         * Budgets
         * @example {
         *       "budgets": [
         *         {
         *           "most_cents": 9000,
         *           "most_wh": 200000,
         *           "period": "month"
         *         }
         *       ]
         *     }
         */
        Budgets: {
            /** Budgets */
            budgets: components["schemas"]["BudgetForm"][];
        };
        /**
         * ByCode
         * @description What the page of a connector's link shows before anything starts.
         */
        ByCode: {
            /** Code */
            code: string;
            /** Connector Id */
            connector_id: number;
            /** Emergency Number */
            emergency_number: string;
            /** Link */
            link: string | null;
            station: components["schemas"]["Station"];
        };
        /** Card */
        Card: {
            /** Blocked */
            blocked: boolean;
            /** Expires At */
            expires_at: string | null;
            /** Id Tag */
            id_tag: string;
            /** Parent Id Tag */
            parent_id_tag: string | null;
            /** Site Id */
            site_id: number | null;
            /** User Id */
            user_id: number;
            /** Valid From */
            valid_from: string | null;
        };
        /**
         * CardChange
         * @description What is left out stays; null takes a limit away.
         * @example {
         *       "blocked": true
         *     }
         */
        CardChange: {
            /** Blocked */
            blocked?: boolean | null;
            /** Expires At */
            expires_at?: string | null;
            /** Parent Id Tag */
            parent_id_tag?: string | null;
            /** Valid From */
            valid_from?: string | null;
        };
        /**
         * CardView
         * @description Field names are those of the HTTP API.
         */
        CardView: {
            /** Blocked */
            blocked: boolean;
            /** Expires At */
            expires_at: string | null;
            /** Id Tag */
            id_tag: string;
            /** Parent Id Tag */
            parent_id_tag: string | null;
            /** Site Id */
            site_id: number | null;
            user: components["schemas"]["Owner"];
            /** Valid From */
            valid_from: string | null;
        };
        /**
         * CarNow
         * @example {
         *       "soc_percent": 30,
         *       "target_soc_percent": 80,
         *       "vehicle_id": 1
         *     }
         */
        CarNow: {
            /** Soc Percent */
            soc_percent?: number | null;
            /** Target Soc Percent */
            target_soc_percent?: number | null;
            /** Vehicle Id */
            vehicle_id?: number | null;
        };
        /**
         * CertificateView
         * @description Field names are those of the HTTP API.
         */
        CertificateView: {
            /** Fingerprint */
            fingerprint: string;
            /** Id */
            id: number;
            /**
             * Issued At
             * Format: date-time
             */
            issued_at: string;
            /**
             * Not After
             * Format: date-time
             */
            not_after: string;
            /**
             * Not Before
             * Format: date-time
             */
            not_before: string;
            /** Serial Number */
            serial_number: string;
            /** Status */
            status: string;
            /**
             * Status At
             * Format: date-time
             */
            status_at: string;
            /** Subject */
            subject: string;
        };
        /**
         * Change
         * @description Field names are those of the HTTP API. What was sent is not kept, it may hold secrets; `detail` is what the route
         *     itself says of the change.
         */
        Change: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Detail */
            detail: string;
            /** Email */
            email: string;
            /** Id */
            id: number;
            /** Method */
            method: string;
            /** Path */
            path: string;
            /** Remote */
            remote: string;
            /** Route */
            route: string;
            /** Status */
            status: number;
            /** User Id */
            user_id: number;
        };
        /**
         * Changes
         * @description What is left out stays; null takes away.
         * @example {
         *       "latitude": 44.4097,
         *       "longitude": 8.9376,
         *       "name": "By the gate",
         *       "notes": "key at the desk"
         *     }
         */
        Changes: {
            /** Description */
            description?: string | null;
            /**
             * Dismissed
             * @default false
             */
            dismissed?: boolean;
            /** Latitude */
            latitude?: number | null;
            /** Longitude */
            longitude?: number | null;
            /** Name */
            name?: string | null;
            /** Notes */
            notes?: string | null;
            /** Price Cents Per Kwh */
            price_cents_per_kwh?: number | null;
        };
        /**
         * ChargeLimit
         * @description Of one session. Field names are those of the HTTP API.
         */
        ChargeLimit: {
            /**
             * Estimated
             * @default false
             */
            estimated: boolean;
            kind: components["schemas"]["LimitKind"];
            /** Reached At */
            reached_at: string | null;
            /** Value */
            value: number;
        };
        /**
         * ChargePointView
         * @description A charge point as pages show it. Field names are those of the HTTP API.
         */
        ChargePointView: {
            /** Connectors */
            connectors: components["schemas"]["ConnectorView"][];
            /** Description */
            description: string | null;
            /**
             * Dismissed
             * @default false
             */
            dismissed: boolean;
            /** Firmware Version */
            firmware_version: string | null;
            /** Identity */
            identity: string;
            /** Last Seen At */
            last_seen_at: string | null;
            /** Latitude */
            latitude: number | null;
            /** Longitude */
            longitude: number | null;
            /** Model */
            model: string | null;
            /** Name */
            name: string;
            /** Notes */
            notes: string | null;
            /** Online */
            online: boolean;
            /** Price Cents Per Kwh */
            price_cents_per_kwh: number;
            site: components["schemas"]["SiteName"];
            /**
             * State
             * @default Undefined
             */
            state: string;
            /** Vendor */
            vendor: string | null;
            /** Via */
            via: string | null;
        };
        /**
         * Charging
         * @description One running session. None where nobody knows; the battery's figures are measured, or reckoned and called so.
         */
        Charging: {
            /** Charge Point */
            charge_point: string;
            /** Charge Point Name */
            charge_point_name: string;
            /** Code */
            code: string;
            /** Connector Id */
            connector_id: number;
            /** Cost Cents */
            cost_cents: number;
            /** Cost Text */
            cost_text: string;
            /** Currency */
            currency: string;
            /** Energy Wh */
            energy_wh: number;
            limit: components["schemas"]["ChargeLimit"] | null;
            /** Minutes */
            minutes: number;
            /** Minutes Left */
            minutes_left: number | null;
            /** Power W */
            power_w: number | null;
            /** Price Text */
            price_text: string;
            /** Reachable */
            reachable: boolean;
            /** Soc Measured */
            soc_measured: boolean;
            /** Soc Percent */
            soc_percent: number | null;
            /** Soc Text */
            soc_text: string;
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            /** Status */
            status: string;
            /** Target Soc Percent */
            target_soc_percent: number | null;
            /** Transaction Id */
            transaction_id: number;
        };
        /**
         * Closing
         * @example {
         *       "note": "towed away"
         *     }
         */
        Closing: {
            /**
             * Note
             * @default
             */
            note?: string;
        };
        /** CommandAnswer */
        CommandAnswer: {
            /** Status */
            status: string;
        };
        /** CompositeSchedule */
        CompositeSchedule: {
            /** Duration S */
            duration_s: number | null;
            /** Periods */
            periods: components["schemas"]["SchedulePeriod"][];
            /** Starts At */
            starts_at: string | null;
            /** Status */
            status: string;
            /** Unit */
            unit: string | null;
        };
        /** Configuration */
        Configuration: {
            /** Keys */
            keys: components["schemas"]["ConfigurationKey"][];
            /** Unknown */
            unknown: string[];
        };
        /** ConfigurationKey */
        ConfigurationKey: {
            /** Key */
            key: string;
            /** Readonly */
            readonly: boolean;
            /** Value */
            value: string | null;
        };
        /**
         * ConnectorChanges
         * @example {
         *       "power_w": 22000,
         *       "type": "type2"
         *     }
         */
        ConnectorChanges: {
            /** Power W */
            power_w?: number | null;
            /** Type */
            type?: string | null;
        };
        /** ConnectorCode */
        ConnectorCode: {
            /** Code */
            code: string;
            /** Connector Id */
            connector_id: number;
        };
        /**
         * ConnectorForm
         * @example {
         *       "connector_id": 1
         *     }
         */
        ConnectorForm: {
            /** Connector Id */
            connector_id?: number | null;
        };
        /**
         * ConnectorType
         * @description Field names are those of the HTTP API. `power` in kW is what the type allows; a connector may give less.
         */
        ConnectorType: {
            /**
             * Current
             * @enum {string}
             */
            current: "AC" | "DC";
            /** Id */
            id: string;
            /** Name */
            name: string;
            /** Power */
            power: number;
        };
        /** ConnectorView */
        ConnectorView: {
            /**
             * Availability
             * @default inoperative
             */
            availability: string;
            /** Code */
            code: string;
            /** Connector Id */
            connector_id: number;
            /** Error Code */
            error_code: string | null;
            /**
             * Evse Id
             * @default 1
             */
            evse_id: number;
            /** Power W */
            power_w: number | null;
            /** Status */
            status: string;
            /** Status At */
            status_at: string | null;
            transaction: components["schemas"]["RunningTransaction"] | null;
            /** Type */
            type: string | null;
        };
        /**
         * ControllerView
         * @description Field names are those of the HTTP API. `status`: what it said last of the whole site.
         */
        ControllerView: {
            /** Identity */
            identity: string;
            /** Last Seen At */
            last_seen_at: string | null;
            /** Name */
            name: string;
            /** Online */
            online: boolean;
            /** Status */
            status: string | null;
            /** Status At */
            status_at: string | null;
        };
        /** Corrected */
        Corrected: {
            /** Cost Cents */
            cost_cents: number;
        };
        /**
         * Correction
         * @description Positive: back to the driver. Negative: charged in addition.
         * @example {
         *       "amount_cents": 100,
         *       "reason": "the cable was stuck"
         *     }
         */
        Correction: {
            /** Amount Cents */
            amount_cents: number;
            /** Reason */
            reason: string;
        };
        /**
         * Credit
         * @example {
         *       "amount_cents": 1000,
         *       "reason": "paid at the desk"
         *     }
         */
        Credit: {
            /** Amount Cents */
            amount_cents: number;
            /** Reason */
            reason: string;
        };
        /**
         * Asked
         * @description Accepted means that the charge point will try; the session says that it did.
         */
        csms__api__stations__Asked: {
            /** Charge Point */
            charge_point: string;
            /** Connector Id */
            connector_id: number;
            /** Status */
            status: string;
            /** Transaction Id */
            transaction_id: number | null;
        };
        /**
         * Asked
         * @description `status`: Requested, NothingToSend, or what GetLog answered.
         */
        csms__api__uploads__Asked: {
            /** File Name */
            file_name: string | null;
            /** Status */
            status: string;
            /** Upload Id */
            upload_id: number;
        };
        /**
         * Data
         * @example {
         *       "data": "world",
         *       "message_id": "Hello",
         *       "vendor_id": "org.example"
         *     }
         */
        Data: {
            /** Data */
            data?: string | null;
            /** Message Id */
            message_id?: string | null;
            /** Vendor Id */
            vendor_id: string;
        };
        /** DataAnswer */
        DataAnswer: {
            /** Data */
            data: string | null;
            /** Status */
            status: string;
        };
        /**
         * Departure
         * @example {
         *       "give_up_credit": true,
         *       "password": "not this one"
         *     }
         */
        Departure: {
            /**
             * Give Up Credit
             * @default false
             */
            give_up_credit?: boolean;
            /** Password */
            password: string;
        };
        /**
         * Exchange
         * @description A request and what came of it. Field names are those of the HTTP API; payloads are JSON as text, as they came but
         *     for what opens an address.
         */
        Exchange: {
            /** Action */
            action: string;
            /** Answer */
            answer: string;
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Error */
            error: string | null;
            /** Number */
            number: number;
            /** Request */
            request: string;
            /** Sent By */
            sent_by: string;
            /** Took Ms */
            took_ms: number;
        };
        /**
         * Export
         * @description Everything that is kept about a person.
         */
        Export: {
            /** Cards */
            cards: components["schemas"]["Card"][];
            /** Movements */
            movements: components["schemas"]["Movement"][];
            /** Notifications */
            notifications: components["schemas"]["InboxNotice"][];
            /** Problems */
            problems: components["schemas"]["Problem"][];
            profile: components["schemas"]["User"];
            /** Reservations */
            reservations: components["schemas"]["Reservation"][];
            /** Sessions */
            sessions: components["schemas"]["Session"][];
            /** Top Ups */
            top_ups: components["schemas"]["TopUp"][];
            /** Vehicles */
            vehicles: components["schemas"]["Vehicle"][];
        };
        /**
         * FirmwareUpdate
         * @description Field names are those of the HTTP API. `status`: Requested, then as the charge point tells, or NotAsked.
         */
        FirmwareUpdate: {
            /** Charge Point */
            charge_point: string;
            /** Id */
            id: number;
            /** Image Id */
            image_id: number | null;
            /**
             * Requested At
             * Format: date-time
             */
            requested_at: string;
            /**
             * Retrieve At
             * Format: date-time
             */
            retrieve_at: string;
            /** Source */
            source: string;
            /** Status */
            status: string;
            /** Steps */
            steps: components["schemas"]["Step"][];
        };
        /**
         * FixedSetting
         * @description One that is only shown; `why`: it is read once at the start, secret, or all that is booked is in it.
         */
        FixedSetting: {
            /** Key */
            key: string;
            /**
             * Source
             * @enum {string}
             */
            source: "default" | "file" | "here";
            /** Value */
            value: string | null;
            /**
             * Why
             * @enum {string}
             */
            why: "restart" | "secret" | "books";
        };
        /**
         * Gap
         * @description Between two transactions of one connector. Field names are those of the HTTP API. Below 0: the register fell.
         */
        Gap: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Before Transaction Id */
            before_transaction_id: number;
            /** Charge Point */
            charge_point: string;
            /** Connector Id */
            connector_id: number;
            /** Missing Wh */
            missing_wh: number;
            /** Started At Wh */
            started_at_wh: number;
            /** Stopped At Wh */
            stopped_at_wh: number;
            /** Transaction Id */
            transaction_id: number;
        };
        /** Heartbeat */
        Heartbeat: {
            /** Connectorid */
            connectorId: number;
            /** Errorcode */
            errorCode: string;
            /** Id */
            id: number;
            /** Status */
            status: string;
            /** Timestamp */
            timeStamp: string | null;
        };
        /**
         * HigherProfile
         * @example {
         *       "profile": 2
         *     }
         */
        HigherProfile: {
            /**
             * Profile
             * @enum {integer}
             */
            profile: 2 | 3;
        };
        /**
         * HouseSetting
         * @description One that can be changed here. `at_least`, `at_most`: of a number; `longest`: of text.
         */
        HouseSetting: {
            /** At Least */
            at_least: number | null;
            /** At Most */
            at_most: number | null;
            /** Changed At */
            changed_at: string | null;
            /** Changed By */
            changed_by: string | null;
            /** File Value */
            file_value: boolean | number | string;
            /**
             * Group
             * @enum {string}
             */
            group: "money" | "charging" | "people" | "keeping";
            /** Key */
            key: string;
            /** Longest */
            longest: number | null;
            /** Money */
            money: boolean;
            /**
             * Source
             * @enum {string}
             */
            source: "default" | "file" | "here";
            /**
             * Unit
             * @enum {string}
             */
            unit: "" | "cents" | "s" | "min" | "days" | "%";
            /** Value */
            value: boolean | number | string;
        };
        /** HouseSettings */
        HouseSettings: {
            /** Changeable */
            changeable: components["schemas"]["HouseSetting"][];
            /** Fixed */
            fixed: components["schemas"]["FixedSetting"][];
        };
        /**
         * Image
         * @description Field names are those of the HTTP API.
         */
        Image: {
            /** File Name */
            file_name: string;
            /** Id */
            id: number;
            /** Sha256 */
            sha256: string;
            /** Size Bytes */
            size_bytes: number;
            /**
             * Uploaded At
             * Format: date-time
             */
            uploaded_at: string;
        };
        /**
         * InboxNotice
         * @description Field names are those of the HTTP API.
         */
        InboxNotice: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Charge Point */
            charge_point: string | null;
            /** Kind */
            kind: string;
            /** Notification Id */
            notification_id: number;
            /** Read At */
            read_at: string | null;
            /** Text */
            text: string;
            /** Title */
            title: string;
            /** Transaction Id */
            transaction_id: number | null;
        };
        /**
         * InForce
         * @description What a driver is told before the start. `tariff` none: the price a kilowatt-hour is all.
         */
        InForce: {
            /** Charge Point */
            charge_point: string;
            /** Connector Id */
            connector_id: number;
            /** Currency */
            currency: string;
            /** Price Cents Per Kwh */
            price_cents_per_kwh: number;
            tariff: components["schemas"]["Tariff"] | null;
        };
        /** InstalledRoot */
        InstalledRoot: {
            /** Hash Algorithm */
            hash_algorithm: string;
            /** Issuer Key Hash */
            issuer_key_hash: string;
            /** Issuer Name Hash */
            issuer_name_hash: string;
            /** Serial Number */
            serial_number: string;
        };
        /** InstalledRoots */
        InstalledRoots: {
            /** Roots */
            roots: components["schemas"]["InstalledRoot"][];
            /** Status */
            status: string;
        };
        /**
         * KeyAndValue
         * @example {
         *       "key": "MeterValueSampleInterval",
         *       "value": "10"
         *     }
         */
        KeyAndValue: {
            /** Key */
            key: string;
            /** Value */
            value: string;
        };
        /** KeyByHand */
        KeyByHand: {
            /** Authorization Key */
            authorization_key: string;
        };
        /**
         * Kind
         * @example {
         *       "type": "Soft"
         *     }
         */
        Kind: {
            /**
             * Type
             * @default Soft
             * @enum {string}
             */
            type?: "Soft" | "Hard";
        };
        /** Known */
        Known: {
            /** Connectors */
            connectors: components["schemas"]["ConnectorCode"][];
            /** Identity */
            identity: string;
            /** Serial */
            serial: string | null;
        };
        /** KnownList */
        KnownList: {
            /** Charge Points */
            charge_points: components["schemas"]["Known"][];
        };
        /**
         * Language
         * @enum {string}
         */
        Language: "en" | "it" | "sv";
        /**
         * LastCharge
         * @description Nothing in it says whose it was.
         */
        LastCharge: {
            /** Connector Id */
            connector_id: number;
            /** Ended At */
            ended_at: string | null;
            /** Energy Wh */
            energy_wh: number;
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
        };
        /** LastReservation */
        LastReservation: {
            /** Connector Id */
            connector_id: number;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /**
             * Reserved At
             * Format: date-time
             */
            reserved_at: string;
            /** State */
            state: string;
        };
        /**
         * LimitForm
         * @description `value` in the unit that `kind` names.
         * @example {
         *       "kind": "cost_cents",
         *       "value": 1000
         *     }
         */
        LimitForm: {
            kind: components["schemas"]["LimitKind"];
            /** Value */
            value: number;
        };
        /**
         * LimitKind
         * @description The words are the units of `value`.
         * @enum {string}
         */
        LimitKind: "energy_wh" | "cost_cents" | "soc_percent" | "minutes";
        /** Limits */
        Limits: {
            /** Budgets */
            budgets: components["schemas"]["Budget"][];
        };
        /**
         * Line
         * @description One row of a bill. Amounts include VAT. Field names are those of the HTTP API.
         */
        Line: {
            /** Amount Cents */
            amount_cents: string;
            /** Price Cents */
            price_cents: string;
            /** Quantity */
            quantity: string;
            /**
             * Reservation
             * @default false
             */
            reservation: boolean;
            /** Type */
            type: string;
            /** Unit */
            unit: string;
            /** Vat Percent */
            vat_percent: string;
        };
        /**
         * ListedReservation
         * @description Field names are those of the HTTP API.
         */
        ListedReservation: {
            /** Answer */
            answer: string | null;
            /** Charge Point */
            charge_point: string;
            /** Connector Id */
            connector_id: number;
            /** Cost Cents */
            cost_cents: number | null;
            /** Email */
            email: string;
            /** Ended At */
            ended_at: string | null;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Reservation Id */
            reservation_id: number;
            /**
             * Reserved At
             * Format: date-time
             */
            reserved_at: string;
            /** State */
            state: string;
            /** Transaction Id */
            transaction_id: number | null;
            /** User Id */
            user_id: number;
        };
        /**
         * LocalListView
         * @description Field names are those of the HTTP API. `status`: what the charge point answered last, or why nothing was sent.
         */
        LocalListView: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Entries */
            entries: number;
            /** Status */
            status: string;
            /** Version */
            version: number;
        };
        /** LoginAnswer */
        LoginAnswer: {
            /** Access Token */
            access_token: string;
            /** Expires In */
            expires_in: number;
            /** Refresh Token */
            refresh_token: string;
            /** Token Type */
            token_type: string;
            user: components["schemas"]["Me"];
        };
        /**
         * LoginForm
         * @example {
         *       "email": "dora@example.org",
         *       "password": "correct horse battery"
         *     }
         */
        LoginForm: {
            /** Email */
            email: string;
            /** Password */
            password: string;
        };
        /** Marked */
        Marked: {
            /** Read */
            read: number;
        };
        /** Me */
        Me: {
            /** Currency */
            currency: string;
            /** Email */
            email: string;
            /** Id */
            id: number;
            /** Language */
            language: string | null;
            /** Name */
            name: string;
            /** Role */
            role: string;
        };
        /** Message */
        Message: {
            /** Message */
            message: string;
        };
        /**
         * Movement
         * @description One booking as it touched a driver's balance. Field names are those of the HTTP API.
         */
        Movement: {
            /** Amount Cents */
            amount_cents: number;
            /**
             * Booked At
             * Format: date-time
             */
            booked_at: string;
            /** Booking Id */
            booking_id: number;
            /** Kind */
            kind: string;
            /** Reason */
            reason: string;
            /** Transaction Id */
            transaction_id: number | null;
        };
        /**
         * NewCard
         * @example {
         *       "expires_at": "2026-03-01T17:00:00Z",
         *       "id_tag": "04A1B2C3D4E5F7",
         *       "user_id": 2
         *     }
         */
        NewCard: {
            /** Expires At */
            expires_at?: string | null;
            /** Id Tag */
            id_tag: string;
            /** Parent Id Tag */
            parent_id_tag?: string | null;
            /** User Id */
            user_id: number;
            /** Valid From */
            valid_from?: string | null;
        };
        /**
         * NewChargePoint
         * @example {
         *       "connectors": 2,
         *       "identity": "CP2",
         *       "price_cents_per_kwh": 45,
         *       "site_id": 1
         *     }
         */
        NewChargePoint: {
            /**
             * Connectors
             * @default 1
             */
            connectors?: number;
            /** Evses */
            evses?: number[] | null;
            /** Identity */
            identity: string;
            /** Name */
            name?: string | null;
            /** Price Cents Per Kwh */
            price_cents_per_kwh?: number | null;
            /** Site Id */
            site_id: number;
        };
        /** NewChargePointView */
        NewChargePointView: {
            /**
             * Authorization Key
             * @default
             */
            authorization_key: string;
            /** Connectors */
            connectors: components["schemas"]["ConnectorView"][];
            /** Description */
            description: string | null;
            /**
             * Dismissed
             * @default false
             */
            dismissed: boolean;
            /** Firmware Version */
            firmware_version: string | null;
            /** Identity */
            identity: string;
            /** Last Seen At */
            last_seen_at: string | null;
            /** Latitude */
            latitude: number | null;
            /** Longitude */
            longitude: number | null;
            /** Model */
            model: string | null;
            /** Name */
            name: string;
            /** Notes */
            notes: string | null;
            /** Online */
            online: boolean;
            /** Price Cents Per Kwh */
            price_cents_per_kwh: number;
            site: components["schemas"]["SiteName"];
            /**
             * State
             * @default Undefined
             */
            state: string;
            /** Vendor */
            vendor: string | null;
            /** Via */
            via: string | null;
        };
        /**
         * NewSite
         * @example {
         *       "name": "Harbour",
         *       "time_zone": "Europe/Rome"
         *     }
         */
        NewSite: {
            /** Emergency Number */
            emergency_number?: string | null;
            /** Name */
            name: string;
            /**
             * Time Zone
             * @default UTC
             */
            time_zone?: string;
        };
        /**
         * NewStation
         * @description `price` in cents a kWh; `connectors` are types of GET /api/connector, one for each connector.
         * @example {
         *       "connectors": [
         *         "ccs2"
         *       ],
         *       "id": "S1",
         *       "lat": 44.4097,
         *       "lon": 8.9376,
         *       "name": "Station 1",
         *       "price": 45
         *     }
         */
        NewStation: {
            /**
             * Connectors
             * @default [
             *       "type2"
             *     ]
             */
            connectors?: string[];
            /** Description */
            description?: string | null;
            /**
             * Dismissed
             * @default false
             */
            dismissed?: boolean;
            /** Id */
            id: string;
            /** Lat */
            lat?: number | null;
            /** Lon */
            lon?: number | null;
            /** Name */
            name: string;
            /** Notes */
            notes?: string | null;
            /** Price */
            price?: number | null;
            /** Site Id */
            site_id?: number | null;
        };
        /** NewStationView */
        NewStationView: {
            /**
             * Authorization Key
             * @default
             */
            authorization_key: string;
            /** Connectors */
            connectors: components["schemas"]["StationConnector"][];
            /** Currency */
            currency: string;
            /** Description */
            description: string | null;
            /** Dismissed */
            dismissed: boolean;
            /** Distance M */
            distance_m: number | null;
            /** Emergency Number */
            emergency_number: string;
            /** Id */
            id: string;
            /** Last Heartbeat */
            last_heartbeat: string | null;
            /** Lat */
            lat: number | null;
            /** Latitude */
            latitude: number | null;
            /** Lon */
            lon: number | null;
            /** Longitude */
            longitude: number | null;
            /** Name */
            name: string;
            /** Notes */
            notes: string | null;
            /** Price */
            price: number;
            /** Price Cents Per Kwh */
            price_cents_per_kwh: number;
            /** Price Text */
            price_text: string;
            site: components["schemas"]["SiteName"];
            /** State */
            state: string;
        };
        /**
         * NewTariff
         * @example {
         *       "elements": [
         *         {
         *           "price_components": [
         *             {
         *               "price_cents": "45",
         *               "step_size": 1,
         *               "type": "ENERGY",
         *               "vat_percent": "22"
         *             },
         *             {
         *               "price_cents": "300",
         *               "type": "PARKING_TIME"
         *             }
         *           ]
         *         }
         *       ],
         *       "idle_grace_s": 900,
         *       "name": "Day"
         *     }
         */
        NewTariff: {
            /** Elements */
            elements: components["schemas"]["TariffElementForm"][];
            /**
             * Idle Grace S
             * @default 0
             */
            idle_grace_s?: number;
            /** Max Price Cents */
            max_price_cents?: number | null;
            /** Min Price Cents */
            min_price_cents?: number | null;
            /** Name */
            name: string;
        };
        /**
         * NewTopUp
         * @example {
         *       "amount_cents": 2000
         *     }
         */
        NewTopUp: {
            /** Amount Cents */
            amount_cents: number;
        };
        /**
         * NewUser
         * @example {
         *       "email": "olaf@example.org",
         *       "name": "Olaf",
         *       "password": "correct horse battery",
         *       "role": "operator"
         *     }
         */
        NewUser: {
            /** Email */
            email: string;
            /** Name */
            name: string;
            /** Password */
            password: string;
            /**
             * Role
             * @default driver
             * @enum {string}
             */
            role?: "driver" | "operator" | "admin";
        };
        /**
         * NewVehicle
         * @example {
         *       "battery_wh": 42000,
         *       "connector_type": "ccs2",
         *       "name": "Panda",
         *       "plate": "GE 123 AB"
         *     }
         */
        NewVehicle: {
            /** Battery Wh */
            battery_wh?: number | null;
            /** Connector Type */
            connector_type?: string | null;
            /** Mac */
            mac?: string | null;
            /** Name */
            name: string;
            /** Plate */
            plate?: string | null;
        };
        /**
         * NoticeKind
         * @enum {string}
         */
        NoticeKind: "session_started" | "session_ended" | "session_interrupted" | "soc_reached" | "reservation_expiring" | "low_balance" | "charge_point_faulted" | "charge_point_offline" | "problem_reported" | "alert";
        /** OfChargePoint */
        OfChargePoint: {
            /**
             * Charge Point
             * @default
             */
            charge_point: string;
            /**
             * Earnings Cents
             * @default 0
             */
            earnings_cents: number;
            /**
             * Energy Wh
             * @default 0
             */
            energy_wh: number;
            /** Months */
            months: components["schemas"]["Sum"][];
            /**
             * Name
             * @default
             */
            name: string;
            /**
             * Sessions
             * @default 0
             */
            sessions: number;
        };
        /**
         * OfConnector
         * @example {
         *       "connector_id": 1
         *     }
         */
        OfConnector: {
            /** Connector Id */
            connector_id: number;
        };
        /** OfMonth */
        OfMonth: {
            /**
             * Earnings Cents
             * @default 0
             */
            earnings_cents: number;
            /**
             * Energy Wh
             * @default 0
             */
            energy_wh: number;
            /**
             * Month
             * @default 0
             */
            month: number;
            /**
             * Sessions
             * @default 0
             */
            sessions: number;
        };
        /** OfTariff */
        OfTariff: {
            /**
             * Earnings Cents
             * @default 0
             */
            earnings_cents: number;
            /**
             * Energy Wh
             * @default 0
             */
            energy_wh: number;
            /** Months */
            months: components["schemas"]["Sum"][];
            /**
             * Sessions
             * @default 0
             */
            sessions: number;
            /**
             * Tariff
             * @default
             */
            tariff: string;
        };
        /**
         * OnSiteAccount
         * @description Field names are those of the HTTP API. `name`: as the page shows it.
         */
        OnSiteAccount: {
            card: components["schemas"]["Card"];
            /** Name */
            name: string;
            user: components["schemas"]["Owner"];
        };
        /**
         * OnSiteAccountForm
         * @description An operator of the site or an administrator; null: nobody, and the page starts no charge.
         * @example {
         *       "user_id": 1
         *     }
         */
        OnSiteAccountForm: {
            /** User Id */
            user_id: number | null;
        };
        /**
         * OperatedSites
         * @example {
         *       "site_ids": [
         *         1
         *       ]
         *     }
         */
        OperatedSites: {
            /** Site Ids */
            site_ids: number[];
        };
        /**
         * Overview
         * @description Of the sessions that have ended today. Field names are those of the HTTP API.
         */
        Overview: {
            /** Currency */
            currency: string;
            /**
             * Earnings Today Cents
             * @default 0
             */
            earnings_today_cents: number;
            /**
             * Energy Today Wh
             * @default 0
             */
            energy_today_wh: number;
            /**
             * Messages Kept Aside
             * @default 0
             */
            messages_kept_aside: number;
            /**
             * Problems Open
             * @default 0
             */
            problems_open: number;
            /**
             * Sessions Today
             * @default 0
             */
            sessions_today: number;
        };
        /** Owner */
        Owner: {
            /** Email */
            email: string;
            /** Id */
            id: number;
        };
        /** Period */
        Period: {
            /** Limit */
            limit: number;
            /** Phases */
            phases?: number | null;
            /** Start S */
            start_s: number;
        };
        /**
         * Preview
         * @description What to price: somewhere, by the tariff in force there, a tariff by its number, or one that is being written.
         * @example {
         *       "charging_s": 3600,
         *       "energy_wh": 11000,
         *       "started_at": "2026-03-01T09:00:00Z",
         *       "tariff_id": 1
         *     }
         */
        Preview: {
            /** Charge Point */
            charge_point?: string | null;
            /** Charging S */
            charging_s: number;
            /**
             * Connector Id
             * @default 1
             */
            connector_id?: number;
            /** Energy Wh */
            energy_wh: number;
            /**
             * Parked S
             * @default 0
             */
            parked_s?: number;
            /**
             * Reserved S
             * @default 0
             */
            reserved_s?: number;
            /** Started At */
            started_at?: string | null;
            /** Started Local */
            started_local?: string | null;
            tariff?: components["schemas"]["TariffForm"] | null;
            /** Tariff Id */
            tariff_id?: number | null;
            /** Time Zone */
            time_zone?: string | null;
        };
        /**
         * Previewed
         * @description The bill, and when what was tried begins, is full and ends; `time_zone`: in which tariffs were read.
         */
        Previewed: {
            /**
             * Ended At
             * Format: date-time
             */
            ended_at: string;
            /**
             * Flags
             * @default []
             */
            flags: string[];
            /**
             * Full At
             * Format: date-time
             */
            full_at: string;
            /**
             * Lines
             * @default []
             */
            lines: components["schemas"]["Line"][];
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            /** Time Zone */
            time_zone: string;
            /** Total Cents */
            total_cents: number;
            /** Vat Cents */
            vat_cents: number;
        };
        /**
         * PriceComponent
         * @description One dimension's price: cents a kWh (ENERGY), an hour (TIME, PARKING_TIME), or once (FLAT).
         */
        PriceComponent: {
            /** Price Cents */
            price_cents: string;
            /**
             * Step Size
             * @default 1
             */
            step_size: number;
            /**
             * Type
             * @enum {string}
             */
            type: "ENERGY" | "FLAT" | "TIME" | "PARKING_TIME";
            /**
             * Vat Percent
             * @default 0
             */
            vat_percent: string;
        };
        /** PriceComponentForm */
        PriceComponentForm: {
            /** Price Cents */
            price_cents: number | string;
            /**
             * Step Size
             * @default 1
             */
            step_size?: number;
            /**
             * Type
             * @enum {string}
             */
            type: "ENERGY" | "FLAT" | "TIME" | "PARKING_TIME";
            /**
             * Vat Percent
             * @default 0
             */
            vat_percent?: number | string;
        };
        /**
         * Problem
         * @description Field names are those of the HTTP API.
         */
        Problem: {
            /** Charge Point */
            charge_point: string;
            /** Closed At */
            closed_at: string | null;
            /** Connector Id */
            connector_id: number | null;
            /** Contact */
            contact: string;
            /** Kind */
            kind: string;
            /** Note */
            note: string | null;
            /** Problem Id */
            problem_id: number;
            /**
             * Reported At
             * Format: date-time
             */
            reported_at: string;
            /** Text */
            text: string;
            /** User Id */
            user_id: number | null;
        };
        /**
         * ProblemForm
         * @example {
         *       "connector_id": 1,
         *       "kind": "blocked",
         *       "text": "A van stands on the place."
         *     }
         */
        ProblemForm: {
            /** Connector Id */
            connector_id?: number | null;
            /** Contact */
            contact?: string | null;
            /**
             * Kind
             * @enum {string}
             */
            kind: "broken" | "blocked" | "damaged" | "unsafe" | "payment" | "other";
            /**
             * Text
             * @default
             */
            text?: string;
        };
        /**
         * Profile
         * @example {
         *       "connector_id": 1,
         *       "id": 1,
         *       "kind": "Absolute",
         *       "periods": [
         *         {
         *           "limit": 16,
         *           "start_s": 0
         *         },
         *         {
         *           "limit": 10,
         *           "start_s": 3600
         *         }
         *       ],
         *       "purpose": "TxDefaultProfile",
         *       "start_at": "2026-03-01T09:00:00Z",
         *       "unit": "A"
         *     }
         */
        "Profile-Input": {
            /** Connector Id */
            connector_id: number;
            /** Duration S */
            duration_s?: number | null;
            /** Id */
            id: number;
            /**
             * Kind
             * @default Absolute
             * @enum {string}
             */
            kind?: "Absolute" | "Recurring" | "Relative";
            /** Min Rate */
            min_rate?: number | null;
            /** Periods */
            periods: components["schemas"]["Period"][];
            /**
             * Purpose
             * @enum {string}
             */
            purpose: "ChargePointMaxProfile" | "TxDefaultProfile" | "TxProfile";
            /** Recurrency */
            recurrency?: ("Daily" | "Weekly") | null;
            /**
             * Stack Level
             * @default 0
             */
            stack_level?: number;
            /** Start At */
            start_at?: string | null;
            /** Transaction Id */
            transaction_id?: number | null;
            /**
             * Unit
             * @default A
             * @enum {string}
             */
            unit?: "A" | "W";
            /** Valid From */
            valid_from?: string | null;
            /** Valid To */
            valid_to?: string | null;
        };
        /** Profile */
        "Profile-Output": {
            /** Balance */
            balance: number;
            /** Email */
            email: string;
            /** Id */
            id: number;
            /** Is Admin */
            is_admin: boolean;
            /** Language */
            language: string | null;
            /** Name */
            name: string;
            /** Role */
            role: string;
            /** Surname */
            surname: string;
        };
        /**
         * ProfileChange
         * @description What is left out stays. A new e-mail address or password needs the present password.
         * @example {
         *       "language": "it",
         *       "name": "Dora",
         *       "surname": "Rossi"
         *     }
         */
        ProfileChange: {
            /** Current Password */
            current_password?: string | null;
            /** Email */
            email?: string | null;
            language?: components["schemas"]["Language"] | null;
            /** Name */
            name?: string | null;
            /** Password */
            password?: string | null;
            /** Surname */
            surname?: string | null;
        };
        /** PushKey */
        PushKey: {
            /** Public Key */
            public_key: string;
        };
        /**
         * Quarantined
         * @description Field names are those of the HTTP API.
         */
        Quarantined: {
            /** Action */
            action: string;
            /** Charge Point */
            charge_point: string;
            /** Id */
            id: number;
            /** Payload */
            payload: string;
            /** Reason */
            reason: string;
            /**
             * Received At
             * Format: date-time
             */
            received_at: string;
            /** Times */
            times: number;
        };
        /** Ready */
        Ready: {
            /** Checks */
            checks: {
                [key: string]: string;
            };
            /** Status */
            status: string;
        };
        /**
         * RefreshForm
         * @example {
         *       "refresh_token": "the-refresh-token-of-the-last-answer"
         *     }
         */
        RefreshForm: {
            /** Refresh Token */
            refresh_token: string;
        };
        /**
         * Registration
         * @example {
         *       "email": "dora@example.org",
         *       "name": "Dora",
         *       "password": "correct horse battery",
         *       "surname": "Rossi"
         *     }
         */
        Registration: {
            /** Email */
            email: string;
            language?: components["schemas"]["Language"] | null;
            /** Name */
            name: string;
            /** Password */
            password: string;
            /** Surname */
            surname?: string | null;
        };
        /**
         * RegistrationForm
         * @description `held`: it stays Pending until somebody lets it go. `settings`: it stays Pending until it has taken them.
         * @example {
         *       "held": false,
         *       "settings": [
         *         {
         *           "key": "MeterValueSampleInterval",
         *           "value": "10"
         *         }
         *       ]
         *     }
         */
        RegistrationForm: {
            /**
             * Held
             * @default false
             */
            held?: boolean;
            /** Settings */
            settings?: components["schemas"]["KeyAndValue"][];
        };
        /**
         * RegistrationView
         * @description `status`: its last answer; null if it has not booted yet. `trouble`: why it has not taken its settings.
         */
        RegistrationView: {
            /** Answered At */
            answered_at: string | null;
            /** Held */
            held: boolean;
            /** Settings */
            settings: components["schemas"]["Setting"][];
            /** Settings Taken */
            settings_taken: boolean;
            /** Status */
            status: ("Accepted" | "Pending" | "Rejected") | null;
            /** Trouble */
            trouble: string | null;
        };
        /**
         * Report
         * @description Field names are those of the HTTP API. Sessions count where they ended; reservations that expired cost, too.
         */
        Report: {
            /** Charge Points */
            charge_points: components["schemas"]["OfChargePoint"][];
            /** Currency */
            currency: string;
            /** Months */
            months: components["schemas"]["OfMonth"][];
            /** Tariffs */
            tariffs: components["schemas"]["OfTariff"][];
            total: components["schemas"]["Sum"];
            /** Year */
            year: number;
        };
        /** Reported */
        Reported: {
            /** Emergency Number */
            emergency_number: string;
            /** Problem Id */
            problem_id: number;
        };
        /**
         * Reservation
         * @description Field names are those of the HTTP API.
         */
        Reservation: {
            /** Answer */
            answer: string | null;
            /** Charge Point */
            charge_point: string;
            /** Connector Id */
            connector_id: number;
            /** Cost Cents */
            cost_cents: number | null;
            /** Departure At */
            departure_at: string | null;
            /** Ended At */
            ended_at: string | null;
            /**
             * Expires At
             * Format: date-time
             */
            expires_at: string;
            /** Id Tag */
            id_tag: string;
            /** Reservation Id */
            reservation_id: number;
            /**
             * Reserved At
             * Format: date-time
             */
            reserved_at: string;
            /**
             * State
             * @enum {string}
             */
            state: "pending" | "confirmed" | "refused" | "used" | "cancelled" | "expired";
            /** Target Soc Percent */
            target_soc_percent: number;
            /** Told */
            told: boolean;
            /** Transaction Id */
            transaction_id: number | null;
            /** User Id */
            user_id: number;
        };
        /**
         * ReservationForm
         * @example {
         *       "connector_id": 1,
         *       "departure_at": "2026-03-01T17:00:00Z",
         *       "minutes": 15,
         *       "target_soc_percent": 80
         *     }
         */
        ReservationForm: {
            /** Connector Id */
            connector_id?: number | null;
            /** Departure At */
            departure_at?: string | null;
            /** Minutes */
            minutes?: number | null;
            /**
             * Target Soc Percent
             * @default 80
             */
            target_soc_percent?: number;
        };
        /**
         * ResetRequest
         * @example {
         *       "email": "dora@example.org"
         *     }
         */
        ResetRequest: {
            /** Email */
            email: string;
        };
        /**
         * Restrictions
         * @description When an element holds; times, dates and days in the site's zone. Lower bounds belong to it, upper ones do not.
         */
        Restrictions: {
            /**
             * Day Of Week
             * @default []
             */
            day_of_week: ("MONDAY" | "TUESDAY" | "WEDNESDAY" | "THURSDAY" | "FRIDAY" | "SATURDAY" | "SUNDAY")[];
            /** End Date */
            end_date: string | null;
            /** End Time */
            end_time: string | null;
            /** Max Duration S */
            max_duration_s: number | null;
            /** Max Kwh */
            max_kwh: string | null;
            /** Max Power Kw */
            max_power_kw: string | null;
            /** Min Duration S */
            min_duration_s: number | null;
            /** Min Kwh */
            min_kwh: string | null;
            /** Min Power Kw */
            min_power_kw: string | null;
            /** Reservation */
            reservation: ("RESERVATION" | "RESERVATION_EXPIRES") | null;
            /** Start Date */
            start_date: string | null;
            /** Start Time */
            start_time: string | null;
        };
        /** RestrictionsForm */
        RestrictionsForm: {
            /**
             * Day Of Week
             * @default []
             */
            day_of_week?: ("MONDAY" | "TUESDAY" | "WEDNESDAY" | "THURSDAY" | "FRIDAY" | "SATURDAY" | "SUNDAY")[];
            /** End Date */
            end_date?: string | null;
            /** End Time */
            end_time?: string | null;
            /** Max Duration S */
            max_duration_s?: number | null;
            /** Max Kwh */
            max_kwh?: number | string | null;
            /** Max Power Kw */
            max_power_kw?: number | string | null;
            /** Min Duration S */
            min_duration_s?: number | null;
            /** Min Kwh */
            min_kwh?: number | string | null;
            /** Min Power Kw */
            min_power_kw?: number | string | null;
            /** Reservation */
            reservation?: ("RESERVATION" | "RESERVATION_EXPIRES") | null;
            /** Start Date */
            start_date?: string | null;
            /** Start Time */
            start_time?: string | null;
        };
        /**
         * Root
         * @example {
         *       "certificate": "-----BEGIN CERTIFICATE-----\nMIIBMTCB2KADAgECAgEBMAoGCCqGSM49BAMCMBcxFTATBgNVBAMMDEV4YW1wbGUg\ncm9vdDAgFw0yNjAxMDEwMDAwMDBaGA8yMDk5MDEwMTAwMDAwMFowFzEVMBMGA1UE\nAwwMRXhhbXBsZSByb290MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEUC5MpTxY\nM4tmuIqXawiyybTBhuNMizr1MXHPopCMs+uBff5QHMRoyCZ5k5omPrBFxGD7A11w\nW0Wzahc59hu5tqMTMBEwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBF\nAiEAiB//qlUbWptIfoxjNPsADSYaeaoXfb9/5rgnLJPsPeYCICxq4OZUKQd3rtzD\nIWfcuq8yAQxoH+q6weShYKW8GmgX\n-----END CERTIFICATE-----\n",
         *       "type": "CentralSystemRootCertificate"
         *     }
         */
        Root: {
            /** Certificate */
            certificate: string;
            /**
             * Type
             * @default CentralSystemRootCertificate
             * @enum {string}
             */
            type?: "CentralSystemRootCertificate" | "ManufacturerRootCertificate";
        };
        /** RunningTransaction */
        RunningTransaction: {
            /** Cost Cents */
            cost_cents: number;
            /** Energy Wh */
            energy_wh: number;
            /** Id Tag */
            id_tag: string;
            /** Power W */
            power_w: number | null;
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            /** Transaction Id */
            transaction_id: number;
        };
        /**
         * SandboxPayment
         * @example {
         *       "paid": true
         *     }
         */
        SandboxPayment: {
            /** Paid */
            paid: boolean;
        };
        /** SchedulePeriod */
        SchedulePeriod: {
            /** Limit */
            limit: number;
            /** Phases */
            phases: number | null;
            /** Start S */
            start_s: number;
        };
        /**
         * SecurityEvent
         * @description Field names are those of the HTTP API.
         */
        SecurityEvent: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Id */
            id: number;
            /**
             * Received At
             * Format: date-time
             */
            received_at: string;
            /** Tech Info */
            tech_info: string | null;
            /** Type */
            type: string;
        };
        /**
         * SecurityView
         * @description Field names are those of the HTTP API.
         */
        SecurityView: {
            /** Asked Profile */
            asked_profile: number | null;
            /** Key Changed At */
            key_changed_at: string | null;
            /** Least Profile */
            least_profile: number;
            /** New Key */
            new_key: string | null;
            /** Profile */
            profile: number | null;
        };
        /**
         * SeriesPoint
         * @description Field names are those of the HTTP API.
         */
        SeriesPoint: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Current Ma */
            current_ma: number | null;
            /** Energy Wh */
            energy_wh: number | null;
            /** Power W */
            power_w: number | null;
            /** Register Wh */
            register_wh: number | null;
            /** Soc Percent */
            soc_percent: number | null;
            /** Temperature C */
            temperature_c: number | null;
            /** Voltage Dv */
            voltage_dv: number | null;
        };
        /**
         * Session
         * @description One transaction as pages and events show it. Field names are those of the HTTP API.
         */
        Session: {
            /** Authorization */
            authorization: string;
            /** Charge Point */
            charge_point: string;
            /** Connector Id */
            connector_id: number;
            /** Cost Cents */
            cost_cents: number;
            /** Ended At */
            ended_at: string | null;
            /** Energy Wh */
            energy_wh: number;
            /** Flags */
            flags: string[];
            /** Id Tag */
            id_tag: string;
            limit: components["schemas"]["ChargeLimit"] | null;
            /** Meter Start Wh */
            meter_start_wh: number;
            /** Meter Stop Wh */
            meter_stop_wh: number | null;
            /** Power W */
            power_w: number | null;
            /** Price Cents Per Kwh */
            price_cents_per_kwh: number;
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            /** State */
            state: string;
            /** Stop Reason */
            stop_reason: string | null;
            /** Transaction Id */
            transaction_id: number;
            user: components["schemas"]["Owner"] | null;
        };
        /** SessionWithSamples */
        SessionWithSamples: {
            /** Authorization */
            authorization: string;
            battery: components["schemas"]["Battery"] | null;
            /** Charge Point */
            charge_point: string;
            /** Connector Id */
            connector_id: number;
            /** Cost Cents */
            cost_cents: number;
            /** Ended At */
            ended_at: string | null;
            /** Energy Wh */
            energy_wh: number;
            /** Flags */
            flags: string[];
            /** Id Tag */
            id_tag: string;
            limit: components["schemas"]["ChargeLimit"] | null;
            /** Meter Start Wh */
            meter_start_wh: number;
            /** Meter Stop Wh */
            meter_stop_wh: number | null;
            /** Power W */
            power_w: number | null;
            /** Price Cents Per Kwh */
            price_cents_per_kwh: number;
            /** Samples */
            samples: components["schemas"]["SeriesPoint"][];
            /**
             * Started At
             * Format: date-time
             */
            started_at: string;
            /** State */
            state: string;
            /** Stop Reason */
            stop_reason: string | null;
            /** Transaction Id */
            transaction_id: number;
            user: components["schemas"]["Owner"] | null;
        };
        /** Setting */
        Setting: {
            /** Key */
            key: string;
            /** Value */
            value: string;
        };
        /** Settings */
        Settings: {
            /** Low Balance Cents */
            low_balance_cents: number | null;
            /** Soc Percent */
            soc_percent: number | null;
            /** Ways */
            ways: {
                [key: string]: components["schemas"]["Ways"];
            };
        };
        /**
         * SettingsChanges
         * @example {
         *       "reservation_minutes": 20,
         *       "start_credit_cents": null,
         *       "stop_when_full": true
         *     }
         */
        SettingsChanges: {
            /** Audit Kept Days */
            audit_kept_days?: number | null;
            /** Default Price Cents Per Kwh */
            default_price_cents_per_kwh?: number | null;
            /** Display Costs Every S */
            display_costs_every_s?: number | null;
            /** Emergency Number */
            emergency_number?: string | null;
            /** Hold Cents */
            hold_cents?: number | null;
            /** Mail Sender Name */
            mail_sender_name?: string | null;
            /** Meter Value Sample Interval S */
            meter_value_sample_interval_s?: number | null;
            /** Meter Values Raw Days */
            meter_values_raw_days?: number | null;
            /** Notices Kept Days */
            notices_kept_days?: number | null;
            /** Offline Notice After S */
            offline_notice_after_s?: number | null;
            /** Registration */
            registration?: boolean | null;
            /** Reservation Minutes */
            reservation_minutes?: number | null;
            /** Soc Notice Percent */
            soc_notice_percent?: number | null;
            /** Start Credit Cents */
            start_credit_cents?: number | null;
            /** Stop When Credit Runs Out */
            stop_when_credit_runs_out?: boolean | null;
            /** Stop When Full */
            stop_when_full?: boolean | null;
            /** Tell Emergency Number */
            tell_emergency_number?: boolean | null;
            /** Usual Target Percent */
            usual_target_percent?: number | null;
            /** Zombie After S */
            zombie_after_s?: number | null;
        };
        /**
         * SettingsForm
         * @description Kinds that are left out stay as they are.
         * @example {
         *       "low_balance_cents": 500,
         *       "soc_percent": 80,
         *       "ways": {
         *         "session_ended": {
         *           "email": true,
         *           "inbox": true,
         *           "push": true
         *         }
         *       }
         *     }
         */
        SettingsForm: {
            /**
             * Low Balance Cents
             * @default 500
             */
            low_balance_cents?: number | null;
            /**
             * Soc Percent
             * @default 80
             */
            soc_percent?: number | null;
            /** Ways */
            ways?: {
                [key: string]: components["schemas"]["WaysForm"];
            };
        };
        /**
         * SignedFirmware
         * @example {
         *       "location": "https://firmware.example.org/v2.bin",
         *       "retrieve_at": "2026-03-01T09:00:00Z",
         *       "signature": "MEQCIDLpF+4Q3UK1f77jRsG/4CbkvdEs4ZKodxDit9rU3Ks2AiBPct9GqLh9HOgyHztbuzBJ2Yk6kZTvyVxAEgX4gCDEMg==",
         *       "signing_certificate": "-----BEGIN CERTIFICATE-----\nMIIBMTCB2KADAgECAgEBMAoGCCqGSM49BAMCMBcxFTATBgNVBAMMDEV4YW1wbGUg\ncm9vdDAgFw0yNjAxMDEwMDAwMDBaGA8yMDk5MDEwMTAwMDAwMFowFzEVMBMGA1UE\nAwwMRXhhbXBsZSByb290MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEUC5MpTxY\nM4tmuIqXawiyybTBhuNMizr1MXHPopCMs+uBff5QHMRoyCZ5k5omPrBFxGD7A11w\nW0Wzahc59hu5tqMTMBEwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBF\nAiEAiB//qlUbWptIfoxjNPsADSYaeaoXfb9/5rgnLJPsPeYCICxq4OZUKQd3rtzD\nIWfcuq8yAQxoH+q6weShYKW8GmgX\n-----END CERTIFICATE-----\n"
         *     }
         */
        SignedFirmware: {
            /** Install At */
            install_at?: string | null;
            /** Location */
            location: string;
            /**
             * Retries
             * @default 3
             */
            retries?: number;
            /** Retrieve At */
            retrieve_at?: string | null;
            /**
             * Retry Interval S
             * @default 60
             */
            retry_interval_s?: number;
            /** Signature */
            signature: string;
            /** Signing Certificate */
            signing_certificate: string;
        };
        /**
         * SignedUpdate
         * @description Field names are those of the HTTP API. `status`: Requested, the answer, then as the charge point tells.
         */
        SignedUpdate: {
            /** Id */
            id: number;
            /** Install At */
            install_at: string | null;
            /** Location */
            location: string;
            /**
             * Requested At
             * Format: date-time
             */
            requested_at: string;
            /**
             * Retrieve At
             * Format: date-time
             */
            retrieve_at: string;
            /** Signer */
            signer: string;
            /** Status */
            status: string;
            /**
             * Status At
             * Format: date-time
             */
            status_at: string;
        };
        /** SignedUpdateAnswer */
        SignedUpdateAnswer: {
            /** Status */
            status: string;
            /** Update Id */
            update_id: number;
        };
        /** Site */
        Site: {
            /** Emergency Number */
            emergency_number: string | null;
            /** Id */
            id: number;
            /** Name */
            name: string;
            /** Slug */
            slug: string;
            /** Time Zone */
            time_zone: string;
        };
        /**
         * SiteAvailability
         * @example {
         *       "type": "Inoperative"
         *     }
         */
        SiteAvailability: {
            /**
             * Type
             * @enum {string}
             */
            type: "Operative" | "Inoperative";
        };
        /**
         * SiteChanges
         * @description What is left out stays; null gives the house's emergency number back.
         * @example {
         *       "emergency_number": "+39 010 123456",
         *       "name": "Harbour west"
         *     }
         */
        SiteChanges: {
            /** Emergency Number */
            emergency_number?: string | null;
            /** Name */
            name?: string | null;
            /** Time Zone */
            time_zone?: string | null;
        };
        /**
         * SiteHead
         * @description Field names are those of the HTTP API. Each head: how many messages, and the hash over them.
         */
        SiteHead: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Charge Point */
            charge_point: string;
            /** Confirmed */
            confirmed: string;
            /** Delivered */
            delivered: string;
            /** Site */
            site: string;
            /** Time Zone */
            time_zone: string;
        };
        /**
         * SiteLimit
         * @description Amperes per phase for all charge points and, with a meter, the building together; none: no limit of ours.
         * @example {
         *       "limit_a": 63
         *     }
         */
        SiteLimit: {
            /** Limit A */
            limit_a: number | null;
        };
        /**
         * SiteLink
         * @description Field names are those of the HTTP API.
         */
        SiteLink: {
            /** Adopted At */
            adopted_at: string | null;
            /** Charge Points */
            charge_points: number;
            /** Connected Directly */
            connected_directly: number;
            /** Connected Via Site */
            connected_via_site: number;
            /** Controller */
            controller: string | null;
            /** Last Seen At */
            last_seen_at: string | null;
            /** Name */
            name: string;
            /** Site Id */
            site_id: number;
            /** Time Zone */
            time_zone: string;
        };
        /** SiteName */
        SiteName: {
            /** Emergency Number */
            emergency_number: string | null;
            /** Id */
            id: number;
            /** Name */
            name: string;
        };
        /**
         * SiteReading
         * @description One moment; field names are those of the HTTP API. None: it was not told.
         */
        SiteReading: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Charging W */
            charging_w: number | null;
            /** L1 Ma */
            l1_ma: number | null;
            /** L2 Ma */
            l2_ma: number | null;
            /** L3 Ma */
            l3_ma: number | null;
            /** Offered Ma */
            offered_ma: number | null;
            /** Power W */
            power_w: number | null;
            /** Register Wh */
            register_wh: number | null;
        };
        /**
         * SiteState
         * @description `state`: SiteNotReachable while the controller's own connection is away; its charge points charge on.
         */
        SiteState: {
            controller: components["schemas"]["ControllerView"];
            meter: components["schemas"]["SiteReading"] | null;
            /**
             * State
             * @enum {string}
             */
            state: "Reachable" | "SiteNotReachable";
        };
        /**
         * StartForm
         * @description The car, if one likes to say: without its own word the battery is reckoned from this, and called so.
         *     And how much one wants: more is not charged.
         * @example {
         *       "connector_id": 1,
         *       "limit": {
         *         "kind": "energy_wh",
         *         "value": 10000
         *       },
         *       "soc_percent": 30,
         *       "target_soc_percent": 80,
         *       "vehicle_id": 1
         *     }
         */
        StartForm: {
            /** Connector Id */
            connector_id?: number | null;
            limit?: components["schemas"]["LimitForm"] | null;
            /** Soc Percent */
            soc_percent?: number | null;
            /** Target Soc Percent */
            target_soc_percent?: number | null;
            /** Vehicle Id */
            vehicle_id?: number | null;
        };
        /**
         * StartProfile
         * @description Of the transaction that is to start: it has no id yet (OCPP 1.6 errata 3.41).
         */
        StartProfile: {
            /** Duration S */
            duration_s?: number | null;
            /** Id */
            id: number;
            /**
             * Kind
             * @default Relative
             * @enum {string}
             */
            kind?: "Absolute" | "Recurring" | "Relative";
            /** Min Rate */
            min_rate?: number | null;
            /** Periods */
            periods: components["schemas"]["Period"][];
            /**
             * Purpose
             * @default TxProfile
             * @constant
             */
            purpose?: "TxProfile";
            /** Recurrency */
            recurrency?: ("Daily" | "Weekly") | null;
            /**
             * Stack Level
             * @default 0
             */
            stack_level?: number;
            /** Start At */
            start_at?: string | null;
            /**
             * Unit
             * @default A
             * @enum {string}
             */
            unit?: "A" | "W";
            /** Valid From */
            valid_from?: string | null;
            /** Valid To */
            valid_to?: string | null;
        };
        /**
         * StartRequest
         * @description `charging_profile`: for the whole of the charge that starts, and for no other.
         * @example {
         *       "charging_profile": {
         *         "id": 1,
         *         "periods": [
         *           {
         *             "limit": 10,
         *             "start_s": 0
         *           }
         *         ]
         *       },
         *       "id_tag": "04A1B2C3D4E5F6"
         *     }
         */
        StartRequest: {
            charging_profile?: components["schemas"]["StartProfile"] | null;
            /** Id Tag */
            id_tag: string;
        };
        /**
         * Station
         * @description Nothing about people: who charges here is nobody's business.
         */
        Station: {
            /** Connectors */
            connectors: components["schemas"]["StationConnector"][];
            /** Currency */
            currency: string;
            /** Description */
            description: string | null;
            /** Dismissed */
            dismissed: boolean;
            /** Distance M */
            distance_m: number | null;
            /** Emergency Number */
            emergency_number: string;
            /** Id */
            id: string;
            /** Last Heartbeat */
            last_heartbeat: string | null;
            /** Lat */
            lat: number | null;
            /** Latitude */
            latitude: number | null;
            /** Lon */
            lon: number | null;
            /** Longitude */
            longitude: number | null;
            /** Name */
            name: string;
            /** Price */
            price: number;
            /** Price Cents Per Kwh */
            price_cents_per_kwh: number;
            /** Price Text */
            price_text: string;
            site: components["schemas"]["SiteName"];
            /** State */
            state: string;
        };
        /**
         * StationChanges
         * @description What is left out stays; null takes away.
         * @example {
         *       "description": "behind the station",
         *       "id": "CP1",
         *       "price": 50
         *     }
         */
        StationChanges: {
            /** Description */
            description?: string | null;
            /**
             * Dismissed
             * @default false
             */
            dismissed?: boolean;
            /** Id */
            id: string;
            /** Lat */
            lat?: number | null;
            /** Lon */
            lon?: number | null;
            /** Name */
            name?: string | null;
            /** Notes */
            notes?: string | null;
            /** Price */
            price?: number | null;
        };
        /** StationConnector */
        StationConnector: {
            /** Availability */
            availability: string;
            /** Code */
            code: string;
            /** Connector Id */
            connector_id: number;
            /** Evse Id */
            evse_id: number;
            /** Power W */
            power_w: number | null;
            /** Price Cents Per Kwh */
            price_cents_per_kwh: number;
            /** Price Text */
            price_text: string;
            /** Status */
            status: string;
            /** Type */
            type: string | null;
        };
        /** StationForAdmins */
        StationForAdmins: {
            /** Connectors */
            connectors: components["schemas"]["StationConnector"][];
            /** Currency */
            currency: string;
            /** Description */
            description: string | null;
            /** Dismissed */
            dismissed: boolean;
            /** Distance M */
            distance_m: number | null;
            /** Emergency Number */
            emergency_number: string;
            /** Id */
            id: string;
            /** Last Heartbeat */
            last_heartbeat: string | null;
            /** Lat */
            lat: number | null;
            /** Latitude */
            latitude: number | null;
            /** Lon */
            lon: number | null;
            /** Longitude */
            longitude: number | null;
            /** Name */
            name: string;
            /** Notes */
            notes: string | null;
            /** Price */
            price: number;
            /** Price Cents Per Kwh */
            price_cents_per_kwh: number;
            /** Price Text */
            price_text: string;
            site: components["schemas"]["SiteName"];
            /** State */
            state: string;
        };
        /** Step */
        Step: {
            /**
             * At
             * Format: date-time
             */
            at: string;
            /** Status */
            status: string;
        };
        /**
         * Subscription
         * @description Field names are those of the HTTP API. The keys are nobody's to read back.
         */
        Subscription: {
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Endpoint */
            endpoint: string;
            /** Subscription Id */
            subscription_id: number;
        };
        /** Sum */
        Sum: {
            /**
             * Earnings Cents
             * @default 0
             */
            earnings_cents: number;
            /**
             * Energy Wh
             * @default 0
             */
            energy_wh: number;
            /**
             * Sessions
             * @default 0
             */
            sessions: number;
        };
        /**
         * Switch
         * @description What that system's app sends beside it (id, startTime, …) is taken and not used.
         * @example {
         *       "chargePoint": "CP1",
         *       "connectorId": 1
         *     }
         */
        Switch: {
            /** Chargepoint */
            chargePoint?: string | null;
            /** Connectorid */
            connectorId: number;
        };
        /**
         * Switched
         * @description The times are null until the charge point has said that it began.
         */
        Switched: {
            /** Connectorid */
            connectorId: number;
            /** Id */
            id: number | null;
            /** Starttime */
            startTime: string | null;
            /** Status */
            status: string;
            /** Stoptime */
            stopTime: string | null;
            /** Transactionid */
            transactionId: number | null;
        };
        /** System */
        System: {
            audit: components["schemas"]["AuditHead"] | null;
            /** Counts */
            counts: {
                [key: string]: number;
            };
            /** Database */
            database: string;
            /** Database Bytes */
            database_bytes: number | null;
            /** Mail */
            mail: boolean;
            /**
             * Now
             * Format: date-time
             */
            now: string;
            /** Ocpp Url */
            ocpp_url: string;
            /** Payments */
            payments: boolean;
            /** Public Url */
            public_url: string;
            /** Python */
            python: string;
            /** Relays */
            relays: boolean;
            /** Sites */
            sites: components["schemas"]["SiteLink"][];
            /** Version */
            version: string;
        };
        /**
         * Tariff
         * @description Of each dimension, the first element that has it and whose restrictions hold is the one that counts.
         */
        Tariff: {
            /** Elements */
            elements: components["schemas"]["TariffElement"][];
            /**
             * Idle Grace S
             * @default 0
             */
            idle_grace_s: number;
            /** Max Price Cents */
            max_price_cents: number | null;
            /** Min Price Cents */
            min_price_cents: number | null;
        };
        /** TariffElement */
        TariffElement: {
            /** Price Components */
            price_components: components["schemas"]["PriceComponent"][];
            /**
             * @default {
             *       "day_of_week": []
             *     }
             */
            restrictions: components["schemas"]["Restrictions"];
        };
        /** TariffElementForm */
        TariffElementForm: {
            /** Price Components */
            price_components: components["schemas"]["PriceComponentForm"][];
            /**
             * @default {
             *       "day_of_week": []
             *     }
             */
            restrictions?: components["schemas"]["RestrictionsForm"];
        };
        /**
         * TariffForm
         * @example {
         *       "elements": [
         *         {
         *           "price_components": [
         *             {
         *               "price_cents": "45",
         *               "step_size": 1,
         *               "type": "ENERGY",
         *               "vat_percent": "22"
         *             },
         *             {
         *               "price_cents": "300",
         *               "type": "PARKING_TIME"
         *             }
         *           ]
         *         }
         *       ],
         *       "max_price_cents": 5000
         *     }
         */
        TariffForm: {
            /** Elements */
            elements: components["schemas"]["TariffElementForm"][];
            /**
             * Idle Grace S
             * @default 0
             */
            idle_grace_s?: number;
            /** Max Price Cents */
            max_price_cents?: number | null;
            /** Min Price Cents */
            min_price_cents?: number | null;
        };
        /**
         * TariffUse
         * @description Field names are those of the HTTP API. Connector 0: those without one of their own.
         */
        TariffUse: {
            /** Charge Point */
            charge_point: string;
            /** Connector Id */
            connector_id: number;
            /**
             * From At
             * Format: date-time
             */
            from_at: string;
            /** Tariff Id */
            tariff_id: number;
        };
        /**
         * TariffView
         * @description Field names are those of the HTTP API.
         */
        TariffView: {
            /**
             * From At
             * Format: date-time
             */
            from_at: string;
            /** Id */
            id: number;
            /** Name */
            name: string;
            tariff: components["schemas"]["Tariff"];
            /** Version */
            version: number;
        };
        /**
         * TopUp
         * @description Field names are those of the HTTP API.
         */
        TopUp: {
            /** Amount Cents */
            amount_cents: number;
            /**
             * Created At
             * Format: date-time
             */
            created_at: string;
            /** Id */
            id: number;
            /** Pay Url */
            pay_url: string;
            /** Provider */
            provider: string;
            /** Reference */
            reference: string;
            /** Settled At */
            settled_at: string | null;
            /** State */
            state: string;
        };
        /**
         * Trigger
         * @example {
         *       "connector_id": 1,
         *       "message": "StatusNotification"
         *     }
         */
        Trigger: {
            /** Connector Id */
            connector_id?: number | null;
            /**
             * Message
             * @enum {string}
             */
            message: "DiagnosticsStatusNotification" | "FirmwareStatusNotification" | "Heartbeat" | "LogStatusNotification" | "MeterValues" | "SignChargePointCertificate" | "StatusNotification";
        };
        /**
         * UpdateForm
         * @description One of our images, or where another one lies. `retrieve_at`: not before then; none: now.
         * @example {
         *       "location": "https://firmware.example.org/cp-2.bin",
         *       "retries": 3,
         *       "retrieve_at": "2026-03-01T09:00:00Z"
         *     }
         */
        UpdateForm: {
            /** Image Id */
            image_id?: number | null;
            /** Location */
            location?: string | null;
            /**
             * Retries
             * @default 3
             */
            retries?: number;
            /** Retrieve At */
            retrieve_at?: string | null;
            /**
             * Retry Interval S
             * @default 60
             */
            retry_interval_s?: number;
        };
        /**
         * UploadView
         * @description Field names are those of the HTTP API. `status`: Requested, then as the charge point tells.
         */
        UploadView: {
            /** Charge Point */
            charge_point: string;
            /** File Name */
            file_name: string | null;
            /** Id */
            id: number;
            /** Kind */
            kind: string;
            /** Received At */
            received_at: string | null;
            /**
             * Requested At
             * Format: date-time
             */
            requested_at: string;
            /** Size Bytes */
            size_bytes: number | null;
            /** Status */
            status: string;
        };
        /** User */
        User: {
            /** Email */
            email: string;
            /** Id */
            id: number;
            /** Language */
            language: string | null;
            /** Name */
            name: string;
            /** Role */
            role: string;
            /**
             * Surname
             * @default
             */
            surname: string;
        };
        /**
         * Vehicle
         * @description Field names are those of the HTTP API.
         */
        Vehicle: {
            /** Battery Wh */
            battery_wh: number | null;
            /** Connector Type */
            connector_type: string | null;
            /** Id */
            id: number;
            /** Mac */
            mac: string | null;
            /** Name */
            name: string;
            /** Plate */
            plate: string | null;
        };
        /**
         * Wanted
         * @example {
         *       "kind": "Diagnostics",
         *       "since": "2026-03-01T09:00:00Z"
         *     }
         */
        Wanted: {
            /**
             * Kind
             * @default Diagnostics
             * @enum {string}
             */
            kind?: "Diagnostics" | "DiagnosticsLog" | "SecurityLog";
            /** Since */
            since?: string | null;
            /** Until */
            until?: string | null;
        };
        /**
         * Ways
         * @description How one kind of notice reaches a person.
         */
        Ways: {
            /**
             * Email
             * @default false
             */
            email: boolean;
            /**
             * Inbox
             * @default true
             */
            inbox: boolean;
            /**
             * Push
             * @default true
             */
            push: boolean;
        };
        /** WaysForm */
        WaysForm: {
            /** Email */
            email: boolean;
            /** Inbox */
            inbox: boolean;
            /** Push */
            push: boolean;
        };
        /**
         * WhichProfiles
         * @description With an id that one; else all that fit everything given; nothing given: all.
         * @example {
         *       "purpose": "TxDefaultProfile"
         *     }
         */
        WhichProfiles: {
            /** Connector Id */
            connector_id?: number | null;
            /** Id */
            id?: number | null;
            /** Purpose */
            purpose?: ("ChargePointMaxProfile" | "TxDefaultProfile" | "TxProfile") | null;
            /** Stack Level */
            stack_level?: number | null;
        };
        /**
         * WhichRoot
         * @description As the charge point names it.
         * @example {
         *       "hash_algorithm": "SHA256",
         *       "issuer_key_hash": "77c077c077c077c077c077c077c077c077c077c077c077c077c077c077c077c0",
         *       "issuer_name_hash": "3a1f3a1f3a1f3a1f3a1f3a1f3a1f3a1f3a1f3a1f3a1f3a1f3a1f3a1f3a1f3a1f",
         *       "serial_number": "1a2b3c"
         *     }
         */
        WhichRoot: {
            /**
             * Hash Algorithm
             * @enum {string}
             */
            hash_algorithm: "SHA256" | "SHA384" | "SHA512";
            /** Issuer Key Hash */
            issuer_key_hash: string;
            /** Issuer Name Hash */
            issuer_name_hash: string;
            /** Serial Number */
            serial_number: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    about_api_about_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["About"];
                };
            };
        };
    };
    adopt_api_adopt_post: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["Adoption"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Adopted"];
                };
            };
        };
    };
    changes_api_audit_changes_get: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                path?: string | null;
                user_id?: number | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Change"][];
                };
            };
        };
    };
    check_api_audit_check_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditCheck"];
                };
            };
        };
    };
    missing_energy_api_audit_missing_energy_get: {
        parameters: {
            query?: {
                days?: number;
                limit?: number;
                offset?: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Gap"][];
                };
            };
        };
    };
    log_in_api_auth_login_post: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["LoginForm"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginAnswer"];
                };
            };
        };
    };
    log_out_api_auth_logout_post: {
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    log_out_everywhere_api_auth_logout_everywhere_post: {
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    me_api_auth_me_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
        };
    };
    refresh_api_auth_refresh_post: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["RefreshForm"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginAnswer"];
                };
            };
        };
    };
    register_api_auth_register_post: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["Registration"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LoginAnswer"];
                };
            };
        };
    };
    reset_password_api_auth_resetPassword_post: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
        };
    };
    reset_password_page_api_auth_resetPasswordPage_get: {
        parameters: {
            query: {
                token: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description Wrong, used or too old */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
        };
    };
    reset_password_token_api_auth_resetPasswordToken_post: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
        };
    };
    validate_token_api_auth_validateToken_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
        };
    };
    everything_api_cards_get: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CardView"][];
                };
            };
        };
    };
    create_api_cards_post: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewCard"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Card"];
                };
            };
        };
    };
    one_api_cards__id_tag__get: {
        parameters: {
            path: {
                id_tag: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Card"];
                };
            };
        };
    };
    change_api_cards__id_tag__patch: {
        parameters: {
            header?: {
                "If-Match"?: string | null;
            };
            path: {
                id_tag: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CardChange"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Card"];
                };
            };
        };
    };
    limits_api_cards__id_tag__budgets_get: {
        parameters: {
            path: {
                id_tag: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Limits"];
                };
            };
        };
    };
    set_limits_api_cards__id_tag__budgets_put: {
        parameters: {
            header?: {
                "If-Match"?: string | null;
            };
            path: {
                id_tag: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Budgets"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Limits"];
                };
            };
        };
    };
    mine_api_cards_mine_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Card"][];
                };
            };
        };
    };
    everything_api_charge_points_get: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChargePointView"][];
                };
            };
        };
    };
    create_api_charge_points_post: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewChargePoint"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewChargePointView"];
                };
            };
        };
    };
    one_api_charge_points__identity__get: {
        parameters: {
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChargePointView"];
                };
            };
        };
    };
    change_api_charge_points__identity__patch: {
        parameters: {
            header?: {
                "If-Match"?: string | null;
            };
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Changes"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChargePointView"];
                };
            };
        };
    };
    change_key_api_charge_points__identity__authorization_key_post: {
        parameters: {
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswer"];
                };
            };
        };
    };
    availability_api_charge_points__identity__availability_post: {
        parameters: {
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Availability"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswer"];
                };
            };
        };
    };
    issued_api_charge_points__identity__certificates_get: {
        parameters: {
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CertificateView"][];
                };
            };
        };
    };
    revoke_api_charge_points__identity__certificates__certificate_id__revoke_post: {
        parameters: {
            path: {
                certificate_id: number;
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CertificateView"];
                };
            };
        };
    };
    set_profile_api_charge_points__identity__charging_profiles_put: {
        parameters: {
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Profile-Input"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswer"];
                };
            };
        };
    };
    clear_profiles_api_charge_points__identity__charging_profiles_clear_post: {
        parameters: {
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WhichProfiles"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswer"];
                };
            };
        };
    };
    forget_cards_api_charge_points__identity__clear_cache_post: {
        parameters: {
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswer"];
                };
            };
        };
    };
    composite_schedule_api_charge_points__identity__composite_schedule_get: {
        parameters: {
            query?: {
                connector_id?: number;
                duration_s?: number;
                unit?: ("A" | "W") | null;
            };
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CompositeSchedule"];
                };
            };
        };
    };
    configuration_api_charge_points__identity__configuration_get: {
        parameters: {
            query?: {
                key?: string[] | null;
            };
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Configuration"];
                };
            };
        };
    };
    configure_api_charge_points__identity__configuration_patch: {
        parameters: {
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyAndValue"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswer"];
                };
            };
        };
    };
    change_connector_api_charge_points__identity__connectors__connector_id__patch: {
        parameters: {
            header?: {
                "If-Match"?: string | null;
            };
            path: {
                connector_id: number;
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectorChanges"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChargePointView"];
                };
            };
        };
    };
    start_api_charge_points__identity__connectors__connector_id__remote_start_post: {
        parameters: {
            path: {
                connector_id: number;
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartRequest"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswer"];
                };
            };
        };
    };
    in_force_api_charge_points__identity__connectors__connector_id__tariff_get: {
        parameters: {
            path: {
                connector_id: number;
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InForce"];
                };
            };
        };
    };
    transfer_api_charge_points__identity__data_transfer_post: {
        parameters: {
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Data"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataAnswer"];
                };
            };
        };
    };
    everything_api_charge_points__identity__firmware_updates_get: {
        parameters: {
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FirmwareUpdate"][];
                };
            };
        };
    };
    ask_api_charge_points__identity__firmware_updates_post: {
        parameters: {
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateForm"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FirmwareUpdate"];
                };
            };
        };
    };
    installed_api_charge_points__identity__installed_certificates_get: {
        parameters: {
            query?: {
                type?: "CentralSystemRootCertificate" | "ManufacturerRootCertificate";
            };
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InstalledRoots"];
                };
            };
        };
    };
    install_api_charge_points__identity__installed_certificates_post: {
        parameters: {
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Root"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswer"];
                };
            };
        };
    };
    delete_api_charge_points__identity__installed_certificates_delete_post: {
        parameters: {
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WhichRoot"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswer"];
                };
            };
        };
    };
    make_key_api_charge_points__identity__key_post: {
        parameters: {
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyByHand"];
                };
            };
        };
    };
    local_list_api_charge_points__identity__local_list_get: {
        parameters: {
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LocalListView"];
                };
            };
        };
    };
    sync_local_list_api_charge_points__identity__local_list_sync_post: {
        parameters: {
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LocalListView"];
                };
            };
        };
    };
    messages_api_charge_points__identity__messages_get: {
        parameters: {
            query?: {
                after?: number;
            };
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Exchange"][];
                };
            };
        };
    };
    of_charge_point_api_charge_points__identity__qr_sheet_pdf_get: {
        parameters: {
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    one_api_charge_points__identity__registration_get: {
        parameters: {
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegistrationView"];
                };
            };
        };
    };
    change_api_charge_points__identity__registration_put: {
        parameters: {
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegistrationForm"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegistrationView"];
                };
            };
        };
    };
    restart_api_charge_points__identity__reset_post: {
        parameters: {
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Kind"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswer"];
                };
            };
        };
    };
    one_api_charge_points__identity__security_get: {
        parameters: {
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecurityView"];
                };
            };
        };
    };
    events_api_charge_points__identity__security_events_get: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SecurityEvent"][];
                };
            };
        };
    };
    raise_profile_api_charge_points__identity__security_profile_post: {
        parameters: {
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["HigherProfile"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswer"];
                };
            };
        };
    };
    updates_api_charge_points__identity__signed_updates_get: {
        parameters: {
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedUpdate"][];
                };
            };
        };
    };
    update_api_charge_points__identity__signed_updates_post: {
        parameters: {
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignedFirmware"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedUpdateAnswer"];
                };
            };
        };
    };
    assign_api_charge_points__identity__tariff_put: {
        parameters: {
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Assignment"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    trigger_api_charge_points__identity__trigger_post: {
        parameters: {
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Trigger"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswer"];
                };
            };
        };
    };
    unlock_api_charge_points__identity__unlock_post: {
        parameters: {
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OfConnector"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswer"];
                };
            };
        };
    };
    everything_api_charge_points__identity__uploads_get: {
        parameters: {
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadView"][];
                };
            };
        };
    };
    ask_api_charge_points__identity__uploads_post: {
        parameters: {
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Wanted"];
            };
        };
        responses: {
            /** @description Successful Response */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["csms__api__uploads__Asked"];
                };
            };
        };
    };
    file_api_charge_points__identity__uploads__upload_id__file_get: {
        parameters: {
            path: {
                identity: string;
                upload_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    catalogue_api_connector_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectorType"][];
                };
            };
        };
    };
    by_code_api_connectors__code__get: {
        parameters: {
            path: {
                code: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ByCode"];
                };
            };
        };
    };
    ndef_api_connectors__code__ndef_get: {
        parameters: {
            path: {
                code: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    svg_api_connectors__code__qr_svg_get: {
        parameters: {
            path: {
                code: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    events_api_events_get: {
        parameters: {
            query?: {
                as_driver?: boolean;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
        };
    };
    sessions_api_exports_sessions_csv_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    sessions_parquet_api_exports_sessions_parquet_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    samples_api_exports_sessions__transaction_id__samples_csv_get: {
        parameters: {
            path: {
                transaction_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    samples_parquet_api_exports_sessions__transaction_id__samples_parquet_get: {
        parameters: {
            path: {
                transaction_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    images_api_firmware_images_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Image"][];
                };
            };
        };
    };
    upload_api_firmware_images_post: {
        parameters: {
            query?: {
                file_name?: string;
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Image"];
                };
            };
        };
    };
    delete_api_firmware_images__image_id__delete: {
        parameters: {
            path: {
                image_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    fetch_api_firmware__token___file_name__get: {
        parameters: {
            path: {
                file_name: string;
                token: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    heartbeat_api_heartbeat__connector_id__get: {
        parameters: {
            query?: {
                chargePoint?: string | null;
            };
            path: {
                connector_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Heartbeat"];
                };
            };
        };
    };
    inbox_api_notifications_get: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                unread?: boolean;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InboxNotice"][];
                };
            };
        };
    };
    read_api_notifications__notification_id__read_post: {
        parameters: {
            path: {
                notification_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InboxNotice"];
                };
            };
        };
    };
    read_all_api_notifications_read_post: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Marked"];
                };
            };
        };
    };
    settings_api_notifications_settings_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settings"];
                };
            };
        };
    };
    change_api_notifications_settings_put: {
        parameters: {
            header?: {
                "If-Match"?: string | null;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SettingsForm"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Settings"];
                };
            };
        };
    };
    today_api_overview_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Overview"];
                };
            };
        };
    };
    callback_api_payments_callback_post: {
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    everything_api_problems_get: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                open?: boolean;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"][];
                };
            };
        };
    };
    close_api_problems__problem_id__close_post: {
        parameters: {
            path: {
                problem_id: number;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Closing"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    push_key_api_push_key_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PushKey"];
                };
            };
        };
    };
    browsers_api_push_subscriptions_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"][];
                };
            };
        };
    };
    subscribe_api_push_subscriptions_post: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["BrowserForm"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Subscription"];
                };
            };
        };
    };
    unsubscribe_api_push_subscriptions__subscription_id__delete: {
        parameters: {
            path: {
                subscription_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    everything_api_quarantine_get: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Quarantined"][];
                };
            };
        };
    };
    mine_api_reservations_get: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reservation"][];
                };
            };
        };
    };
    cancel_api_reservations__reservation_id__cancel_post: {
        parameters: {
            path: {
                reservation_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reservation"];
                };
            };
        };
    };
    everyones_api_reservations_everyones_get: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                standing?: boolean;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListedReservation"][];
                };
            };
        };
    };
    sandbox_api_sandbox_payments__reference__post: {
        parameters: {
            path: {
                reference: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SandboxPayment"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    everything_api_sessions_get: {
        parameters: {
            query?: {
                charge_point?: string | null;
                flagged?: boolean;
                limit?: number;
                offset?: number;
                search?: string | null;
                state?: ("active" | "ended") | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"][];
                };
            };
        };
    };
    one_api_sessions__transaction_id__get: {
        parameters: {
            path: {
                transaction_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionWithSamples"];
                };
            };
        };
    };
    bill_api_sessions__transaction_id__bill_get: {
        parameters: {
            path: {
                transaction_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Bill"];
                };
            };
        };
    };
    everything_api_sessions__transaction_id__corrections_get: {
        parameters: {
            path: {
                transaction_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookedCorrection"][];
                };
            };
        };
    };
    correct_api_sessions__transaction_id__corrections_post: {
        parameters: {
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                transaction_id: number;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Correction"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Corrected"];
                };
            };
        };
    };
    receipt_api_sessions__transaction_id__receipt_get: {
        parameters: {
            path: {
                transaction_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    receipt_pdf_api_sessions__transaction_id__receipt_pdf_get: {
        parameters: {
            path: {
                transaction_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    stop_api_sessions__transaction_id__remote_stop_post: {
        parameters: {
            path: {
                transaction_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswer"];
                };
            };
        };
    };
    everything_api_settings_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HouseSettings"];
                };
            };
        };
    };
    change_api_settings_patch: {
        parameters: {
            header?: {
                "If-Match"?: string | null;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SettingsChanges"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HouseSettings"];
                };
            };
        };
    };
    announce_api_site_charge_points_put: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["Announcement"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KnownList"];
                };
            };
        };
    };
    everything_api_sites_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Site"][];
                };
            };
        };
    };
    create_api_sites_post: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSite"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Site"];
                };
            };
        };
    };
    one_api_sites__site_id__get: {
        parameters: {
            path: {
                site_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Site"];
                };
            };
        };
    };
    change_api_sites__site_id__patch: {
        parameters: {
            header?: {
                "If-Match"?: string | null;
            };
            path: {
                site_id: number;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SiteChanges"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Site"];
                };
            };
        };
    };
    new_adoption_code_api_sites__site_id__adoption_codes_post: {
        parameters: {
            path: {
                site_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AdoptionCode"];
                };
            };
        };
    };
    availability_api_sites__site_id__availability_post: {
        parameters: {
            path: {
                site_id: number;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SiteAvailability"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswer"];
                };
            };
        };
    };
    controller_api_sites__site_id__controller_get: {
        parameters: {
            path: {
                site_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteState"];
                };
            };
        };
    };
    limit_site_api_sites__site_id__limit_put: {
        parameters: {
            path: {
                site_id: number;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SiteLimit"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandAnswer"];
                };
            };
        };
    };
    meter_values_api_sites__site_id__meter_values_get: {
        parameters: {
            query?: {
                limit?: number;
                since?: string | null;
                until?: string | null;
            };
            path: {
                site_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteReading"][];
                };
            };
        };
    };
    account_api_sites__site_id__on_site_account_get: {
        parameters: {
            path: {
                site_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OnSiteAccount"] | null;
                };
            };
        };
    };
    set_account_api_sites__site_id__on_site_account_put: {
        parameters: {
            header?: {
                "If-Match"?: string | null;
            };
            path: {
                site_id: number;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OnSiteAccountForm"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OnSiteAccount"] | null;
                };
            };
        };
    };
    operators_api_sites__site_id__operators_get: {
        parameters: {
            path: {
                site_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Owner"][];
                };
            };
        };
    };
    of_site_api_sites__site_id__qr_sheet_pdf_get: {
        parameters: {
            path: {
                site_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    start_api_start_post: {
        parameters: {
            header?: {
                "Idempotency-Key"?: string | null;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Switch"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Switched"];
                };
            };
        };
    };
    stations_api_station_get: {
        parameters: {
            query?: {
                connector?: string | null;
                free?: boolean;
                latitude?: number | null;
                limit?: number;
                longitude?: number | null;
                min_power_w?: number | null;
                offset?: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Station"][];
                };
            };
        };
    };
    create_api_station_post: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewStation"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewStationView"];
                };
            };
        };
    };
    change_api_station_patch: {
        parameters: {
            header?: {
                "If-Match"?: string | null;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StationChanges"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StationForAdmins"];
                };
            };
        };
    };
    station_api_station__identity__get: {
        parameters: {
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Station"];
                };
            };
        };
    };
    cancel_api_station__identity__cancel_reservation_post: {
        parameters: {
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reservation"];
                };
            };
        };
    };
    last_charge_api_station__identity__last_charge_get: {
        parameters: {
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LastCharge"] | null;
                };
            };
        };
    };
    last_reservation_api_station__identity__last_reservation_get: {
        parameters: {
            path: {
                identity: string;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LastReservation"] | null;
                };
            };
        };
    };
    report_api_station__identity__problems_post: {
        parameters: {
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProblemForm"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reported"];
                };
            };
        };
    };
    reserve_api_station__identity__reserve_post: {
        parameters: {
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReservationForm"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reservation"];
                };
            };
        };
    };
    start_charging_api_station__identity__start_charging_post: {
        parameters: {
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartForm"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["csms__api__stations__Asked"];
                };
            };
        };
    };
    stop_charging_api_station__identity__stop_charging_post: {
        parameters: {
            path: {
                identity: string;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectorForm"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["csms__api__stations__Asked"];
                };
            };
        };
    };
    report_api_station_report_get: {
        parameters: {
            query?: {
                year?: number | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
        };
    };
    as_csv_api_station_report_csv_get: {
        parameters: {
            query?: {
                year?: number | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    as_pdf_api_station_report_pdf_get: {
        parameters: {
            query?: {
                year?: number | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    stop_api_stop_post: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["Switch"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Switched"];
                };
            };
        };
    };
    system_api_system_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["System"];
                };
            };
        };
    };
    heads_api_system_heads_get: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SiteHead"][];
                };
            };
        };
    };
    everything_api_tariff_uses_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TariffUse"][];
                };
            };
        };
    };
    everything_api_tariffs_get: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TariffView"][];
                };
            };
        };
    };
    create_api_tariffs_post: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTariff"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TariffView"];
                };
            };
        };
    };
    one_api_tariffs__tariff_id__get: {
        parameters: {
            path: {
                tariff_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TariffView"];
                };
            };
        };
    };
    revise_api_tariffs__tariff_id__put: {
        parameters: {
            header?: {
                "If-Match"?: string | null;
            };
            path: {
                tariff_id: number;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TariffForm"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TariffView"];
                };
            };
        };
    };
    preview_api_tariffs_preview_post: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["Preview"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Previewed"];
                };
            };
        };
    };
    everything_api_top_ups_get: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TopUp"][];
                };
            };
        };
    };
    begin_api_top_ups_post: {
        parameters: {
            header?: {
                "Idempotency-Key"?: string | null;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTopUp"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TopUp"];
                };
            };
        };
    };
    one_api_top_ups__top_up_id__get: {
        parameters: {
            path: {
                top_up_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TopUp"];
                };
            };
        };
    };
    receive_api_uploads__token__put: {
        parameters: {
            path: {
                token: string;
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: number;
                    };
                };
            };
        };
    };
    receive_api_uploads__token__post: {
        parameters: {
            path: {
                token: string;
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: number;
                    };
                };
            };
        };
    };
    receive_named_api_uploads__token___file_name__put: {
        parameters: {
            path: {
                file_name: string;
                token: string;
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: number;
                    };
                };
            };
        };
    };
    receive_named_api_uploads__token___file_name__post: {
        parameters: {
            path: {
                file_name: string;
                token: string;
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: number;
                    };
                };
            };
        };
    };
    profile_api_user_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Profile-Output"];
                };
            };
        };
    };
    leave_api_user_delete: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["Departure"];
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    change_api_user_patch: {
        parameters: {
            header?: {
                "If-Match"?: string | null;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProfileChange"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Profile-Output"];
                };
            };
        };
    };
    set_user_admin_api_user__user_id__set_user_admin_patch: {
        parameters: {
            header?: {
                "If-Match"?: string | null;
            };
            path: {
                user_id: number;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdminFlag"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    everyone_api_user_all_get: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"][];
                };
            };
        };
    };
    charging_api_user_charging_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Charging"][];
                };
            };
        };
    };
    say_api_user_charging__transaction_id__car_put: {
        parameters: {
            path: {
                transaction_id: number;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CarNow"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Battery"] | null;
                };
            };
        };
    };
    change_api_user_charging__transaction_id__limit_put: {
        parameters: {
            path: {
                transaction_id: number;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LimitForm"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChargeLimit"];
                };
            };
        };
    };
    remove_api_user_charging__transaction_id__limit_delete: {
        parameters: {
            path: {
                transaction_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    events_api_user_charging_events_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
        };
    };
    export_api_user_export_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
                };
            };
        };
    };
    last_usage_api_user_last_usage_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"] | null;
                };
            };
        };
    };
    everyone_api_users_get: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
                search?: string | null;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"][];
                };
            };
        };
    };
    create_api_users_post: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewUser"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    one_api_users__user_id__get: {
        parameters: {
            path: {
                user_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    balance_api_users__user_id__balance_get: {
        parameters: {
            path: {
                user_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Balance"];
                };
            };
        };
    };
    their_cards_api_users__user_id__cards_get: {
        parameters: {
            path: {
                user_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Card"][];
                };
            };
        };
    };
    credit_api_users__user_id__credits_post: {
        parameters: {
            header?: {
                "Idempotency-Key"?: string | null;
            };
            path: {
                user_id: number;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credit"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Balance"];
                };
            };
        };
    };
    movements_api_users__user_id__movements_get: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
            path: {
                user_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Movement"][];
                };
            };
        };
    };
    their_sites_api_users__user_id__sites_get: {
        parameters: {
            path: {
                user_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": number[];
                };
            };
        };
    };
    set_sites_api_users__user_id__sites_put: {
        parameters: {
            header?: {
                "If-Match"?: string | null;
            };
            path: {
                user_id: number;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OperatedSites"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
        };
    };
    everything_api_vehicles_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Vehicle"][];
                };
            };
        };
    };
    create_api_vehicles_post: {
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewVehicle"];
            };
        };
        responses: {
            /** @description Successful Response */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Vehicle"];
                };
            };
        };
    };
    one_api_vehicles__vehicle_id__get: {
        parameters: {
            path: {
                vehicle_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Vehicle"];
                };
            };
        };
    };
    change_api_vehicles__vehicle_id__put: {
        parameters: {
            header?: {
                "If-Match"?: string | null;
            };
            path: {
                vehicle_id: number;
            };
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewVehicle"];
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Vehicle"];
                };
            };
        };
    };
    remove_api_vehicles__vehicle_id__delete: {
        parameters: {
            header?: {
                "If-Match"?: string | null;
            };
            path: {
                vehicle_id: number;
            };
        };
        responses: {
            /** @description Successful Response */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    wallet_api_wallet_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Balance"];
                };
            };
        };
    };
    movements_api_wallet_movements_get: {
        parameters: {
            query?: {
                limit?: number;
                offset?: number;
            };
        };
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Movement"][];
                };
            };
        };
    };
    health_healthz_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: string;
                    };
                };
            };
        };
    };
    metrics_metrics_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    ready_readyz_get: {
        responses: {
            /** @description Successful Response */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ready"];
                };
            };
        };
    };
}
