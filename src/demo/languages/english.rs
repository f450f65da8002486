//! English.

use crate::demo::language::{Language, Problem, company};

pub(super) static ENGLISH: Language = Language {
    code: "en",
    share: 30,
    companies: &[
        company("Harrowgate Timber", "harrowgate.example.com", "HARROWGATE"),
        company("Bluefinch Clinics", "bluefinch.example.org", "BLUEFINCH"),
        company("Sextant Freight", "sextant.example.net", "SEXTANT"),
        company("Marlow & Quill Solicitors", "marlowquill.example.com", "MARLOWQUILL"),
    ],
    people: &[
        ("Abigail Thornbury", "abigail.thornbury"),
        ("Desmond Okafor-Hale", "desmond.okafor-hale"),
        ("Fiona Drummock", "fiona.drummock"),
        ("Gareth Penhallow", "gareth.penhallow"),
        ("Harriet Eastlake", "harriet.eastlake"),
        ("Imran Colverdale", "imran.colverdale"),
        ("Joyce Wetherspane", "joyce.wetherspane"),
        ("Kieran O'Dalaigh", "kieran.odalaigh"),
        ("Lorna Bexfield", "lorna.bexfield"),
        ("Malcolm Strathe", "malcolm.strathe"),
        ("Nadia Ferrowby", "nadia.ferrowby"),
        ("Oliver Quennell", "oliver.quennell"),
        ("Petra Lindholme", "petra.lindholme"),
        ("Rupert Ashgrove", "rupert.ashgrove"),
        ("Sunita Marrable", "sunita.marrable"),
        ("Tobias Winterbourne", "tobias.winterbourne"),
    ],
    greetings: &[
        "Hello, this is {technician}. How can I help you?",
        "Good day, my name is {technician}. I can see your screen now. What happened?",
        "Hi, {technician} here. I have read your description. Could you show me the problem?",
    ],
    meanwhile: &[
        ["One moment please, I am looking into it.", "Of course, take your time."],
        ["Please do not touch the mouse for a minute.", "OK."],
        ["Has this happened before?", "Once, about two weeks ago."],
        ["Did anything change on the computer lately?", "Only the updates on Monday, I think."],
        ["I am restarting the service now.", "Alright, I can see it."],
        ["Could you save your open documents?", "Saved. Go ahead."],
        ["This may take two or three minutes.", "No problem, I will get a coffee."],
        ["Are you in the office or at home today?", "In the office."],
        ["Are any colleagues affected?", "No, only me as far as I know."],
    ],
    closings: &[
        ["Is there anything else I can do for you?", "No, that was all. Thank you very much!"],
        ["I will close the session then. Have a good day!", "You too, bye."],
        ["If it comes back, just start a new session.", "Will do, thanks for the quick help."],
    ],
    labels: ["Asset tag", "Ticket", "Department", "Company"],
    departments: &["Accounts", "Sales", "Warehouse", "Human resources", "Reception", "Legal"],
    maintenance: &[
        "Monthly updates installed through the agent, restarted out of hours. No errors in the log.",
        "Replaced the expired certificate and checked the backup job. All green.",
        "Disk check and clean-up, 38 GB freed.",
    ],
    problems: &[
        Problem {
            descriptions: &[
                "The printer on the second floor does not print my invoices.",
                "Printer shows \"offline\" although it is switched on.",
            ],
            talk: &[
                "My invoices do not come out of the printer.",
                "I see eleven jobs waiting. When did it last work?",
                "Yesterday afternoon, I believe.",
                "The driver still points to the printer's old address. I am correcting that.",
                "Ah, they moved the printer to another room this morning.",
                "That explains it. I have sent a test page. Does it print?",
                "Yes, it is coming out now!",
            ],
            notes: &[
                "Printer had been moved and got a new address. Port corrected, queue emptied, test page fine.",
                "Queue stuck on an old job. Deleted it and updated the port.",
            ],
        },
        Problem {
            descriptions: &[
                "VPN disconnects every few minutes when I work from home.",
                "Cannot connect to the VPN, error 809.",
            ],
            talk: &[
                "The VPN keeps dropping, I cannot work like this.",
                "Are you connected by cable or by Wi-Fi?",
                "Wi-Fi, the router is in the next room.",
                "The client is two versions behind. I am updating it now.",
                "OK, it asks me to sign in again.",
                "Please do. Now let us wait for five minutes and watch it.",
                "Still connected. It would have dropped by now.",
            ],
            notes: &[
                "VPN client updated, power saving of the network adapter switched off. Stable for ten minutes.",
                "Old VPN profile removed and a new one imported. Connection is stable.",
            ],
        },
        Problem {
            descriptions: &[
                "I have not received any e-mail since this morning.",
                "Outlook asks for my password again and again.",
            ],
            talk: &[
                "No new mail has arrived since about eight o'clock.",
                "Your mailbox is full: 49.9 of 50 GB. That is why nothing gets through.",
                "Oh. I never delete anything.",
                "I can move everything older than three years to the archive. Is that all right?",
                "Yes, please, as long as I can still find it.",
                "It stays searchable. The first new messages should arrive now.",
                "They are here, twenty-six of them. Wonderful.",
            ],
            notes: &[
                "Mailbox full. Archive policy set to three years, delivery works again.",
                "Saved credentials were stale. Removed them, signed in again, mail arrives.",
            ],
        },
        Problem {
            descriptions: &[
                "I am locked out of my account after my holiday.",
                "Password expired and I cannot set a new one.",
            ],
            talk: &[
                "I cannot sign in. It says that my account is locked.",
                "I will unlock it. For safety I have to call you back on your office number first.",
                "Sure, I am at my desk.",
                "Thank you, that was you. Please choose a new password with at least 14 characters.",
                "It says the password does not meet the requirements.",
                "Please do not use parts of your name. A short sentence works best.",
                "That one was accepted!",
            ],
            notes: &[
                "Identity confirmed by call-back, account unlocked, new password set by the user.",
                "Phone kept trying the old password and locked the account. Updated it there as well.",
            ],
        },
        Problem {
            descriptions: &[
                "My computer is terribly slow since the last update.",
                "Opening a spreadsheet takes several minutes.",
            ],
            talk: &[
                "Everything takes ages, even opening a folder.",
                "The disk is busy all the time. Let me see who is using it.",
                "Is it broken?",
                "No. The search index is being rebuilt and a second virus scanner is running.",
                "A second one? I did not install anything.",
                "It came with a trial program. I am removing it now and restarting the computer.",
                "Back again. Oh, that is much faster.",
            ],
            notes: &[
                "Removed a second virus scanner that came with trial software. Start takes 40 seconds now instead of 6 minutes.",
                "Disk 98 % full. Emptied temporary folders, moved the archive to the server.",
            ],
        },
        Problem {
            descriptions: &[
                "Please install the new accounting software.",
                "The PDF editor needs administrator rights to install.",
            ],
            talk: &[
                "I need the new accounting program, but I am not allowed to install it.",
                "Your manager has approved it in the ticket. I am starting the installation.",
                "Great. Will my old data still be there?",
                "Yes, it stays on the server. The program takes it over at its first start.",
                "It is asking for a licence key.",
                "I have just entered it. Please open last month's report as a test.",
                "It opens and the figures are right.",
            ],
            notes: &[
                "Installed and licensed as approved. Test report opened.",
                "Installed the PDF editor with administrator rights. File association set.",
            ],
        },
        Problem {
            descriptions: &[
                "The second screen stays black.",
                "Everything on the screen is far too large since I docked the laptop.",
            ],
            talk: &[
                "My second monitor is black since I came in.",
                "Is the small light at its lower edge white or orange?",
                "Orange.",
                "Then it gets no signal. Please unplug the dock for ten seconds and plug it in again.",
                "Done. It flickers... and now it is there!",
                "Good. I am updating the dock's firmware as well, so that it stays that way.",
                "Perfect, both screens are working.",
            ],
            notes: &[
                "Dock reset and firmware updated, both screens detected.",
                "Scaling set to 100 %, arrangement of the screens corrected.",
            ],
        },
    ],
};
